package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void whatIsNullIsNamed() {
        assertThat(Arguments.given("teacher", "robust")).isEqualTo("robust");
        refused(() -> Arguments.given("teacher", null), "The teacher is null", "notebook");
        refused(() -> Arguments.all("teachers", (List<String>) null), "The teachers is null");
        refused(() -> Arguments.all("teachers", Arrays.asList("one", null)), "Element 1 of the teachers is null");
        refused(() -> Arguments.all("curves", Collections.singletonMap("mine", null)), "Entry mine of the curves");
    }

    @Test
    void listsAndMapsAreCopiedInOrder() {
        var list = new java.util.ArrayList<>(List.of("b", "a"));
        var map = new LinkedHashMap<>(Map.of("b", 1));
        map.put("a", 2);
        var copy = Arguments.all("list", list);
        var same = Arguments.all("map", map);
        list.clear();
        map.clear();
        assertThat(copy).containsExactly("b", "a");
        assertThat(same.keySet()).containsExactly("b", "a");
    }

    @Test
    void noNumberIsNotANumber() {
        List<BiConsumer<String, Number>> checks = List.of(
                Arguments::finite,
                Arguments::share,
                Arguments::weight,
                Arguments::positive,
                (name, value) -> Arguments.smoothing(value));
        for (BiConsumer<String, Number> check : checks) {
            for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                refused(() -> check.accept("number", value), ", not " + value + ".");
            }
            check.accept("number", 0.1f);
        }
        refused(() -> Arguments.share("rate", 1.1f), "The rate lies in [0, 1], not 1.1.");
        refused(() -> Arguments.weight("weight", -0.1f), "The weight is at least 0, not -0.1.");
        refused(() -> Arguments.positive("rate", 0), "The rate is greater than 0, not 0.");
        refused(() -> Arguments.smoothing(1), "[0, 1), not 1.");
        refused(() -> Arguments.atLeastOne("step", 0), "At least 1 step is needed, not 0.");
    }

    @Test
    void productsAreExact() {
        assertThat(Arguments.product("shape", 3, 32, 32)).isEqualTo(3072);
        refused(() -> Arguments.product("shape", 65536, 65536, 4294967296L), "shape is [65536, 65536, 4294967296]");
        refused(() -> Arguments.product("shape", 46341, 46341), "more numbers than an array holds");
    }

    private static void refused(Runnable check, String... parts) {
        assertThatIllegalArgumentException().isThrownBy(check::run).withMessageContainingAll(parts);
    }
}
