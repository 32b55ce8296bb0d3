package ardent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.evaluate.UniqueNames.Kind;
import ardent.provenance.Description;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names in tables and charts, whose libraries refuse equal ones after all the work. */
class UniqueNamesTest {
    private record Thing(float amount) {}

    private static List<String> of(Kind kind, String... names) {
        List<Description> same = List.of(names).stream()
                .map(name -> Description.of(new Thing(1)))
                .toList();
        return UniqueNames.of(List.of(names), same, kind);
    }

    @Test
    void capitalsAndBlanksTellNothingApart() {
        assertThat(of(Kind.NETWORK, "Net", "net", "NET")).containsExactly("Net", "net #2", "NET #3");
        assertThat(of(Kind.NETWORK, "a b", " a  b", "a\tb\n", "a\u00a0b"))
                .containsExactly("a b", "a b #2", "a b #3", "a b #4");
        assertThat(of(Kind.ATTACK, "Noise", "noise", "Noise #2")).containsExactly("Noise", "noise #2", "Noise #2 #2");
        assertThat(of(Kind.METHOD, "ſat", "SAT")).containsExactly("ſat", "SAT #2");
    }

    @Test
    void noNameIsThatOfAColumnOfItsOwn() {
        assertThat(of(Kind.ATTACK, "Clean", "WORST", "network", "p"))
                .containsExactly("Clean (attack)", "WORST (attack)", "network (attack)", "p (attack)");
        assertThat(of(Kind.NETWORK, "class", "network")).containsExactly("class (network)", "network");
    }

    @Test
    void anEmptyNameIsReplaced() {
        assertThat(of(Kind.ATTACK, "", "  ", "PGD"))
                .containsExactly("attack without a name", "attack without a name #2", "PGD");
        assertThat(of(Kind.NETWORK, "\u200b")).containsExactly("network without a name");
    }

    @Test
    void parametersTellThoseApartThatDifferInCapitalsOnly() {
        var names = UniqueNames.of(
                List.of("Noise", "noise", "PGD"),
                List.of(Description.of(new Thing(1)), Description.of(new Thing(2)), Description.of(new Thing(1))),
                Kind.ATTACK);
        assertThat(names).containsExactly("Noise · amount 1", "noise · amount 2", "PGD");
    }

    @Test
    void aHeadingThatIsTakenIsNumbered() {
        assertThat(UniqueNames.numbered(List.of("Seeds"), Set.of("seeds", "seeds #2")))
                .containsExactly("Seeds #3");
    }
}
