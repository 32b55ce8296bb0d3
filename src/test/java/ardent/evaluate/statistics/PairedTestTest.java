package ardent.evaluate.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ardent.evaluate.CorrectImages;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedTestTest {
    private static CorrectImages hits(String right) {
        return CorrectImages.of(right.length(), i -> right.charAt(i) == '1');
    }

    /** The first {@code only} images are right alone, then come {@code both}; the rest is wrong. */
    private static CorrectImages block(int size, int from, int to) {
        return CorrectImages.of(size, i -> i >= from && i < to);
    }

    @Test
    void countsWhoWasRightAlone() {
        PairedOutcomes pair = PairedOutcomes.of(hits("1111000"), hits("1100100"));
        assertThat(pair).isEqualTo(new PairedOutcomes(2, 2, 1, 2));
        assertThat(pair.size()).isEqualTo(7);
        assertThat(pair.difference()).isCloseTo(1 / 7.0, within(1e-15));
        assertThatIllegalArgumentException().isThrownBy(() -> PairedOutcomes.of(hits("1"), hits("10")));
    }

    /** Twice the sum of binomial coefficients up to the smaller count over 2^n, summed by hand. */
    @Test
    void mcnemarIsTheExactBinomialTest() {
        assertThat(new PairedOutcomes(5, 0, 0, 5).mcnemar()).isEqualTo(1);
        assertThat(new PairedOutcomes(5, 1, 0, 5).mcnemar()).isEqualTo(1);
        assertThat(new PairedOutcomes(0, 0, 5, 0).mcnemar()).isCloseTo(2 / 32.0, within(1e-12));
        assertThat(new PairedOutcomes(9, 2, 8, 1).mcnemar()).isCloseTo(2 * (1 + 10 + 45) / 1024.0, within(1e-12));
        assertThat(new PairedOutcomes(9, 8, 2, 1).mcnemar()).isCloseTo(112 / 1024.0, within(1e-12));
        assertThat(new PairedOutcomes(9, 5, 5, 1).mcnemar()).isEqualTo(1);
        for (int n = 1; n <= 60; n++) {
            for (int k = 0; k <= n; k++) {
                assertThat(new PairedOutcomes(0, k, n - k, 0).mcnemar())
                        .isCloseTo(exact(n, Math.min(k, n - k)), within(1e-10));
            }
        }
    }

    private static double exact(int n, int k) {
        double term = Math.pow(0.5, n);
        double sum = 0;
        for (int i = 0; i <= k; i++) {
            sum += term;
            term = term * (n - i) / (i + 1);
        }
        return Math.min(1, 2 * sum);
    }

    /** Agresti, Categorical Data Analysis: approval of the prime minister, 150 and 86 changed their minds; p is tiny. */
    @Test
    void mcnemarOfManyDisagreementsIsCloseToTheNormalOne() {
        double p = new PairedOutcomes(794, 150, 86, 570).mcnemar();
        assertThat(p).isBetween(2e-5, 6e-5);
    }

    @Test
    void theIntervalOfOneSeedIsThatOfTheBinomialWhereTheOtherIsNeverRight() {
        int n = 1000;
        PairedTest test = PairedTest.of(List.of(block(n, 0, 300)), List.of(block(n, 0, 0)));
        assertThat(test.difference()).isCloseTo(0.3, within(1e-15));
        double half = 1.96 * Math.sqrt(0.3 * 0.7 / n);
        assertThat(test.interval().low()).isCloseTo(0.3 - half, within(2e-3));
        assertThat(test.interval().high()).isCloseTo(0.3 + half, within(2e-3));
        assertThat(PairedTest.of(List.of(block(n, 0, 300)), List.of(block(n, 0, 0))))
                .isEqualTo(test);
    }

    /** Variance of a mean of paired differences: (b + c)/n − ((b − c)/n)², over n. */
    @Test
    void theIntervalIsPairedAndHasTheKnownWidth() {
        int n = 2000;
        PairedTest test = PairedTest.of(List.of(block(n, 0, 1100)), List.of(block(n, 60, 1100)));
        double rate = 60.0 / n;
        double half = 1.96 * Math.sqrt((rate - rate * rate) / n);
        assertThat(test.interval().high() - test.interval().low()).isCloseTo(2 * half, within(2 * half * 0.05));
        CorrectImages same = block(n, 0, 900);
        assertThat(PairedTest.of(List.of(same), List.of(same)).interval()).isEqualTo(new Interval(0, 0));
        assertThat(PairedTest.of(List.of(same), List.of(same)).p()).isEqualTo(1);
    }

    /** An image keeps what all seeds said of it: perfectly equal seeds are no more images. */
    @Test
    void equalSeedsDoNotNarrowTheInterval() {
        CorrectImages ours = block(500, 0, 320);
        CorrectImages theirs = block(500, 20, 310);
        PairedTest one = PairedTest.of(List.of(ours), List.of(theirs));
        PairedTest three = PairedTest.of(List.of(ours, ours, ours), List.of(theirs, theirs, theirs));
        assertThat(three.interval().low()).isCloseTo(one.interval().low(), within(1e-12));
        assertThat(three.interval().high()).isCloseTo(one.interval().high(), within(1e-12));
        assertThat(three.p()).isCloseTo(one.p(), within(1e-12));
        assertThat(one.p()).isCloseTo(one.seeds().get(0).mcnemar(), within(1e-12));
        assertThat(three.seeds()).hasSize(3);
    }

    /** All 2^n ways to flip, counted. */
    @Test
    void pIsTheShareOfAllFlips() {
        var random = new SplittableRandom(4);
        for (int trial = 0; trial < 20; trial++) {
            int n = 12;
            double[] chances = random.doubles(n).toArray();
            List<CorrectImages> ours =
                    IntStream.range(0, 3).mapToObj(s -> drawn(chances, random)).toList();
            List<CorrectImages> theirs =
                    IntStream.range(0, 3).mapToObj(s -> drawn(chances, random)).toList();
            int[] gains = IntStream.range(0, n)
                    .map(i -> IntStream.range(0, 3)
                            .map(s ->
                                    (ours.get(s).at(i) ? 1 : 0) - (theirs.get(s).at(i) ? 1 : 0))
                            .sum())
                    .toArray();
            int observed = Math.abs(IntStream.of(gains).sum());
            long extreme = IntStream.range(0, 1 << n)
                    .filter(mask -> Math.abs(IntStream.range(0, n)
                                    .map(i -> (mask >> i & 1) == 0 ? gains[i] : -gains[i])
                                    .sum())
                            >= observed)
                    .count();
            assertThat(PairedTest.of(ours, theirs).p()).isCloseTo((double) extreme / (1 << n), within(1e-12));
        }
    }

    /** Under the null p is below 0.05 at most as often as it says, also where seeds repeat each other. */
    @Test
    void pIsNotTooSmall() {
        var random = new SplittableRandom(5);
        int rejected = 0;
        for (int trial = 0; trial < 300; trial++) {
            double[] chances = random.doubles(200).toArray();
            CorrectImages ours = drawn(chances, random);
            CorrectImages theirs = drawn(chances, random);
            var first = List.of(ours, ours, drawn(chances, random));
            var second = List.of(theirs, theirs, drawn(chances, random));
            rejected += PairedTest.of(first, second).p() < 0.05 ? 1 : 0;
        }
        assertThat(rejected).isBetween(3, 23); // 15 expected at most, and two deviations
    }

    private static CorrectImages drawn(double[] chances, SplittableRandom random) {
        return CorrectImages.of(chances.length, i -> random.nextDouble() < chances[i]);
    }

    @Test
    void holmCorrectsInOrder() {
        assertThat(PairedTest.holm(List.of(0.01, 0.04, 0.03, 0.005))).containsExactly(0.03, 0.06, 0.06, 0.02);
        assertThat(PairedTest.holm(List.of(0.7, 0.9))).containsExactly(1.0, 1.0);
        assertThat(PairedTest.holm(List.of())).isEmpty();
    }

    @Test
    void seedsMustMatch() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PairedTest.of(List.of(hits("1")), List.of()))
                .withMessageContaining("seed by seed");
    }

    @Test
    void spreadIsOfTheSample() {
        MeanAndDeviation spread = MeanAndDeviation.of(DoubleStream.of(2, 4, 4, 4, 5, 5, 7, 9));
        assertThat(spread.mean()).isEqualTo(5);
        assertThat(spread.deviation()).isCloseTo(Math.sqrt(32 / 7.0), within(1e-12));
        assertThat(MeanAndDeviation.of(DoubleStream.of(3)).deviation()).isNaN();
        assertThat(MeanAndDeviation.of(DoubleStream.empty()).mean()).isNaN();
    }
}
