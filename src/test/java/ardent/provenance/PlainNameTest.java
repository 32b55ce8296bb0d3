package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.attack.Attack;
import ardent.evaluate.Subject;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.method.Objective;
import ardent.method.Step;
import ardent.network.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlainNameTest {
    @AfterEach
    void forget() {
        PlainName.told(thing -> Optional.empty());
    }

    @Test
    void whatHasNoNameHasANumberThatStays() {
        Method first = step -> new Natural().prepare(step);
        Method second = new Method() {
            @Override
            public Objective prepare(Step step) {
                return new Natural().prepare(step);
            }
        };
        String name = first.label();
        assertThat(name).matches("method [1-9][0-9]*");
        assertThat(second.label()).matches("method [1-9][0-9]*").isNotEqualTo(name);
        assertThat(first.label()).isEqualTo(name);
        Attack attack = (victim, images, labels, noise) -> images;
        assertThat(attack.label()).matches("attack [1-9][0-9]*");
        assertThat(new Natural().label()).isEqualTo("Natural");
        assertThat(PlainName.of(Kind.ONE, "kind")).isEqualTo("ONE");
    }

    @Test
    void lambdasOfOneLineAreDistinctWhereTheyDiffer() {
        List<Method> methods = new ArrayList<>();
        for (Method host : List.of(new Natural(), new Natural())) {
            methods.add(step -> host.prepare(step));
        }
        assertThat(methods)
                .extracting(Method::label)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.startsWith("method "));
    }

    @Test
    void aVariableGivesItsNameOnceAndForAll() {
        Method mine = step -> new Natural().prepare(step);
        Network raw = images -> images;
        PlainName.told(thing -> Optional.of(thing == mine ? "mine" : "raw"));
        assertThat(mine.label()).isEqualTo("mine");
        assertThat(Subject.of(raw).name()).isEqualTo("raw");
        Method later = step -> new Natural().prepare(step);
        PlainName.told(thing -> Optional.of("mine"));
        assertThat(later.label()).as("the variable holds another one now").isEqualTo("mine 2");
        assertThat(new Natural().label()).as("a name of its own").isEqualTo("Natural");
        forget();
        assertThat(mine.label()).isEqualTo("mine");
    }

    private enum Kind {
        ONE {}
    }
}
