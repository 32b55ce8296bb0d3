package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.oracle.labs.mlrg.olcut.provenance.ProvenanceUtil;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DescriptionTest {
    enum Start {
        CLEAN,
        RANDOM {
            @Override
            public String toString() {
                return "somewhere";
            }
        }
    }

    interface Ball {}

    record Linf(float radius) implements Ball {}

    record L2(float radius) implements Ball {
        L2 {
            if (!(radius > 0)) {
                throw new IllegalArgumentException("A ball has a positive radius, not " + radius + ".");
            }
        }
    }

    record Attack(Ball ball, int steps, Start start) {}

    record Plan(List<Integer> drops, double decay, Optional<String> note, Optional<Long> seed) {}

    record Method(
            String name,
            Attack inner,
            List<Attack> others,
            List<List<Ball>> nested,
            Map<String, Float> weights,
            Path file,
            Instant time,
            Duration took,
            boolean cosine,
            Plan plan) {}

    record Trial(Object model, float contrast, String weights) {}

    record Ascent(UnaryOperator<String> objective) {}

    static final class Net implements Described {
        private final Record origin;

        Net(Record origin) {
            this.origin = origin;
        }

        @Override
        public Record origin() {
            return origin;
        }
    }

    record Distilled(Net teacher, float weight) {}

    static Method method() {
        var pgd = new Attack(new Linf(8 / 255f), 20, Start.RANDOM);
        return new Method(
                "Größe → <b> \"π\" \n€",
                pgd,
                List.of(pgd, new Attack(new L2(0.5f), 10, Start.CLEAN)),
                List.of(List.of(new Linf(0.1f)), List.of()),
                Map.of("β", 6f, "alpha", Float.NaN, "none", Float.NEGATIVE_INFINITY, "zero", -0.0f),
                Path.of("datasets", "mnist"),
                Instant.parse("2026-01-02T03:04:05.678901Z"),
                Duration.ofMillis(1234),
                true,
                new Plan(List.of(75, 90), 5e-4, Optional.empty(), Optional.of(1L << 60)));
    }

    @Test
    void jsonReadsBackEqual() {
        Description description = Description.of(method());
        Description read = Description.parse(description.json());
        assertThat(read).isEqualTo(description);
        assertThat(read.json()).isEqualTo(description.json()).contains("0.03137255", "0.0005");
        assertThat(read.rebuild()).isEqualTo(method());
        assertThat(read.repeatable()).isTrue();
    }

    @Test
    void olcutReadsBackEqual() {
        Description description = Description.of(method());
        Description read = Description.parseOlcut(description.olcut());
        assertThat(read).isEqualTo(description);
        assertThat(read.provenance()).isEqualTo(description.provenance());
        assertThat(read.rebuild()).isEqualTo(method());
        assertThat(ProvenanceUtil.formattedProvenanceString(description.provenance()))
                .contains("0.03137255", "Linf");
    }

    @Test
    void everyFloatReadsBack() {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            float f = Float.intBitsToFloat(random.nextInt());
            double d = Double.longBitsToDouble(random.nextLong());
            if (!Float.isNaN(f)) {
                assertThat((float) Numbers.widen(f)).isEqualTo(f);
            }
            if (!Double.isNaN(d)) {
                assertThat(Double.parseDouble(Numbers.text(d))).isEqualTo(d);
            }
        }
        assertThat(Numbers.text(Numbers.widen(0.2f))).isEqualTo("0.2");
        assertThat(Numbers.text(100.0)).isEqualTo("100.0");
        assertThat(Numbers.text(1e-7)).isEqualTo("1E-7");
        assertThat(Numbers.text(2e23)).isEqualTo("2E+23");
    }

    @Test
    void flatNamesEveryValue() {
        Map<String, String> flat = Description.of(method()).flat();
        assertThat(flat)
                .containsEntry("inner.ball.radius", "0.03137255")
                .containsEntry("inner.ball", "Linf")
                .containsEntry("others[1].start", "CLEAN")
                .containsEntry("plan.drops", "[75, 90]")
                .containsEntry("weights.β", "6.0")
                .containsEntry("file", "datasets/mnist");
        assertThat(Description.of(method()).at("others[1].ball.radius")).contains("0.5");
        assertThat(Description.of(method()).at("others[7].ball")).isEmpty();
    }

    @Test
    void differingNamesChoicesAndNoConsequences() {
        String hash = Sha256.of("a");
        var a = new Trial(new Linf(0.2f), 0, hash);
        var b = new Trial(new Linf(0.2f), 1, Sha256.of("b"));
        var c = new Trial(new L2(0.2f), 1, hash);
        assertThat(differing(a, b)).containsExactly(Map.entry("contrast", "contrast"));
        assertThat(differing(a, b, c).keySet()).containsExactly("model", "contrast");
        assertThat(differing(a, a)).isEmpty();
        assertThat(differing(a)).isEmpty();
        assertThat(differing(a, new Linf(1))).containsOnlyKeys("");
    }

    @Test
    void factsAreDescribedButDoNotDiffer() {
        record Run(@Fact int epoch, @Fact String note, int seed) {}
        Description run = Description.of(new Run(3, "", 1));
        assertThat(Description.parse(run.json())).isEqualTo(run);
        assertThat(Description.parseOlcut(run.olcut())).isEqualTo(run);
        assertThat(run.flat()).containsEntry("epoch", "3");
        assertThat(differing(new Run(3, "", 1), new Run(4, "x", 2))).containsOnlyKeys("seed");
    }

    @Test
    void differingGivesUniqueShortNames() {
        var a = new Trial(new Trial(new Linf(0.1f), 0, ""), 0, "");
        var b = new Trial(new Trial(new Linf(0.2f), 1, ""), 1, "");
        assertThat(differing(a, b))
                .containsExactly(
                        Map.entry("model.model.radius", "radius"),
                        Map.entry("model.contrast", "model.contrast"),
                        Map.entry("contrast", "contrast"));
        var long0 = new Attack(new Linf(0.1f), 1, Start.CLEAN);
        assertThat(differing(
                        new Trial(List.of(long0), 0, ""),
                        new Trial(List.of(new Attack(new Linf(0.3f), 1, Start.CLEAN)), 0, "")))
                .containsExactly(Map.entry("model[0].ball.radius", "radius"));
    }

    private static Map<String, String> differing(Record... records) {
        return Description.differing(
                java.util.Arrays.stream(records).map(Description::of).toList());
    }

    /** A class of somebody else is described whole, and is not built from what a file says. */
    @Test
    void whatIsRefusedByRebuildingIsNotRepeatable() {
        Description own = Description.of(new own.Pixels());
        assertThat(own.repeatable()).isFalse();
        assertThat(own.complete()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(own::rebuild).withMessageContaining("not own.Pixels");
        assertThat(Description.of(new Ascent(text -> text)).complete()).isFalse();
    }

    @Test
    void whatCannotBeRepeatedIsMarked() {
        String word = "x";
        Description lambda = Description.of(new Ascent(text -> text + word));
        assertThat(lambda.repeatable()).isFalse();
        assertThat(lambda.json()).contains("DescriptionTest$lambda", "\"@repeatable\": false");
        assertThat(Description.parse(lambda.json())).isEqualTo(lambda);
        assertThat(Description.parseOlcut(lambda.olcut())).isEqualTo(lambda);
        assertThatIllegalArgumentException().isThrownBy(lambda::rebuild).withMessageContaining("cannot be built again");
    }

    @Test
    void aNetworkIsItsOrigin() {
        var origin = new Trial("SmallCnn", 1, "");
        var described = Description.of(new Distilled(new Net(origin), 0.5f));
        assertThat(described.flat()).containsEntry("teacher.model", "SmallCnn");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.parse(Description.of(new Distilled(new Net(new Linf(1)), 0.5f))
                                .json())
                        .rebuild())
                .withMessage("A Net has to be made again from its Linf: a description holds no weights.");
        var again =
                Description.of(new Distilled(new Net(new Linf(1)), 0.5f)).rebuild((record, wanted) -> new Net(record));
        assertThat(((Distilled) again).teacher().origin()).isEqualTo(new Linf(1));
    }

    @Test
    void hostileAndDamagedTextsAreRefused() {
        assertRefused(
                "{\"@format\": 1, \"@description\": {\"@type\": \"java.io.File\", \"path\": \"x\"}}", "Only records");
        assertRefused("{\"@format\": 1, \"@description\": {\"@type\": \"ardent.provenance.Sha256\"}}", "Only records");
        assertRefused(
                "{\"@format\": 1, \"@description\": {\"@type\": \"ardent.None\"}}", "This version has no ardent.None");
        assertRefused("{\"@format\": 2, \"@description\": {}}", "later Ardent");
        assertRefused("{\"@format\": 1, \"@descr", "damaged");
        assertRefused("[]", "damaged");
        String json = Description.of(new L2(1)).json();
        assertRefused(json.replace("1.0", "-1.0"), "A ball has a positive radius, not -1.0.");
        assertRefused(json.replace("1.0", "\"a\""), "\"a\" where float is wanted");
        assertRefused(json.replace("radius", "size"), "of another version");
        String olcut = Description.of(new L2(1)).olcut();
        String hostile = olcut.replace(RecordProvenance.class.getName(), "org.tribuo.provenance.ModelProvenance");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.parseOlcut(hostile))
                .withMessageContaining("Only provenance written by Ardent");
    }

    private static void assertRefused(String json, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.parse(json).rebuild())
                .withMessageContaining(why);
    }

    /** The sentence names the innermost record and what to give it instead. */
    @Test
    void pathsOfThisMachineAndForeignObjectsAreRefused() {
        record Inner(Object part) {}
        record Outer(List<Inner> inner) {}
        Map<Object, String> instead = Map.of(
                new float[1],
                "type float[], which no description holds: give it a List.",
                new Outer[0],
                "type Outer[], which no description holds: give it a List.",
                Set.of(1),
                "type Set, which no description holds: give it a List.",
                List.of(new int[1]),
                "type int[], which no description holds: give it a List.",
                BigDecimal.ONE,
                "type BigDecimal, which no description holds: give it an int, a long, a float or a double.",
                new AtomicInteger(),
                "type AtomicInteger, which no description holds: give it an int, a long, a float",
                LocalDate.EPOCH,
                "type LocalDate, which no description holds: give it a number, a text, an enum,",
                String.class,
                "type Class, which no description holds: give it a number, a text, an enum,",
                Path.of("x").toAbsolutePath(),
                "which no description holds: give it a relative one.",
                Map.of(3, 4),
                "a map with the key 3, which no description holds: give it texts");
        instead.forEach((part, sentence) -> assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.of(new Outer(List.of(new Inner(part)))))
                .withMessageStartingWith("The component part of Inner has ")
                .withMessageContaining(sentence));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Description.of(Set.of()))
                .withMessageStartingWith("The value has the type Set");
    }
}
