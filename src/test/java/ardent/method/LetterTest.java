package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.MiFgsm;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.evaluate.UniqueNames;
import ardent.provenance.Description;
import ardent.provenance.Letter;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameters carry the letters of their formulas in tables and charts. */
class LetterTest {
    private static final Pattern PARAMETER = Pattern.compile("@param (\\w+) ([^@]*)");
    private static final Pattern GREEK = Pattern.compile("[α-ω][₀-₉]?");

    static Stream<Class<?>> records() {
        return Stream.of(
                        MethodContractTest.types(),
                        List.of(Compensation.class.getDeclaredClasses()),
                        List.of(Contrast.class.getDeclaredClasses()))
                .flatMap(List::stream)
                .filter(Class::isRecord);
    }

    @ParameterizedTest
    @MethodSource("records")
    void aLetterIsThatOfTheDocumentation(Class<?> type) throws IOException {
        Class<?> outer = type.getEnclosingClass() == null ? type : type.getEnclosingClass();
        String source =
                Files.readString(Path.of("src/main/java", outer.getName().replace('.', '/') + ".java"));
        String above = source.substring(0, source.indexOf("record " + type.getSimpleName() + "("));
        String javadoc = above.substring(above.lastIndexOf("/**"));
        Map<String, String> told = new LinkedHashMap<>();
        PARAMETER.matcher(javadoc).results().forEach(match -> told.put(match.group(1), match.group(2)));
        for (RecordComponent component : type.getRecordComponents()) {
            Letter letter = component.getAnnotation(Letter.class);
            String text = told.getOrDefault(component.getName(), "");
            String greek = GREEK.matcher(text)
                    .results()
                    .map(match -> match.group())
                    .findFirst()
                    .orElse("");
            if (letter == null) {
                assertThat(greek).as(component.getName()).isEmpty();
            } else {
                assertThat(text).contains(letter.value());
            }
        }
    }

    /** Keys of descriptions stay; where types disagree, or two parameters would have one letter, words remain. */
    @Test
    void tablesHeadAParameterByItsLetterWhereThatIsClear() {
        var base = new Crdnd(x -> x);
        assertThat(differing(base, base.contrast(3), base.robust(0.7f)))
                .containsExactly(Map.entry("robust", "α"), Map.entry("contrastWeight", "λ"));
        var two = Map.of("a", new Mart(base.inner(), 1), "b", new Trades(base.inner(), 1, false, 0));
        var others = Map.of("a", new Mart(base.inner(), 2), "b", new Trades(base.inner(), 2, false, 0));
        assertThat(Description.differing(List.of(Description.of(two), Description.of(others))))
                .containsExactly(Map.entry("a.lambda", "λ"), Map.entry("b.beta", "β"));
        var relations = List.of(new Contrast.Relation(1), new Contrast.Relation(2));
        assertThat(differing(relations.get(0), relations.get(1))).containsExactly(Map.entry("temperature", "t"));
        assertThat(differing(relations.get(0), relations.get(1), new Ard(x -> x)))
                .containsEntry("temperature", "temperature");
        assertThat(differing(new Rslad(x -> x), new Ard(x -> x), ard(0.5f), rslad(0.5f)))
                .containsEntry("robust", "robust")
                .containsEntry("soft", "soft");
    }

    /** A stride that is a quarter of ε in all rows says nothing that ε does not say. */
    @Test
    void aStrideThatFollowsFromTheRadiusIsNoDifference() {
        var sweep = List.of(new Sat(new Linf(0.1f)), new Sat(new Linf(0.2f)), new Sat(new Linf(8 / 255f)));
        assertThat(differing(sweep.toArray(Record[]::new))).containsExactly(Map.entry("inner.ball.radius", "ε"));
        var descriptions = sweep.stream().map(Description::of).toList();
        assertThat(UniqueNames.of(List.of("SAT", "SAT", "SAT"), descriptions, UniqueNames.Kind.METHOD))
                .containsExactly("SAT · ε = 0.1", "SAT · ε = 0.2", "SAT · ε = 8/255");
        assertThat(differing(new MiFgsm(new L2(1)), new MiFgsm(new L2(2)))).containsOnlyKeys("ball.radius");
        var short2 = new Pgd(new Linf(0.2f), 0.02f, 10, Start.uniform());
        assertThat(differing(new Pgd(new Linf(0.1f), 10), new Pgd(new Linf(0.2f), 10), short2))
                .containsOnlyKeys("ball.radius", "stride");
        assertThat(differing(new Pgd(new Linf(0.2f), 10), short2)).containsOnlyKeys("stride");
    }

    private static Ard ard(float soft) {
        Ard ard = new Ard(x -> x);
        return new Ard(ard.teacher(), ard.inner(), ard.temperature(), soft, ard.divergence(), ard.statistics());
    }

    private static Rslad rslad(float robust) {
        Rslad rslad = new Rslad(x -> x);
        return new Rslad(rslad.teacher(), rslad.inner(), robust, rslad.divergence());
    }

    private static Map<String, String> differing(Record... records) {
        return Description.differing(Stream.of(records).map(Description::of).toList());
    }
}
