package ardent.evaluate.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IntervalTest {
    /** 81 of 263 is the example of Newcombe, Statistics in Medicine 17 (1998), table I; so are 15/148, 0/20 and 1/29. */
    @Test
    void equalsThePublishedExamples() {
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0, 0.1611);
        check(1, 29, 0.0061, 0.1718);
        check(20, 20, 0.8389, 1);
    }

    private static void check(int hits, int trials, double low, double high) {
        Interval interval = Interval.wilson(hits, trials);
        assertThat(interval.low()).isCloseTo(low, within(5e-5));
        assertThat(interval.high()).isCloseTo(high, within(5e-5));
    }

    /** Of many values it is the normal interval, mean ± 1.96 deviations / √n; of equal ones it is a point. */
    @Test
    void aMeanLiesWhereTheNormalIntervalSays() {
        double[] values = new Random(0).doubles(4000).toArray();
        double half = 1.96 * Math.sqrt(1 / 12.0 / values.length);
        double mean = Arrays.stream(values).average().orElseThrow();
        Interval interval = Interval.ofMean(values);
        assertThat(interval.low()).isCloseTo(mean - half, within(0.1 * half));
        assertThat(interval.high()).isCloseTo(mean + half, within(0.1 * half));
        assertThat(Interval.ofMean(0.5, 0.5)).isEqualTo(new Interval(0.5, 0.5));
        assertThatIllegalArgumentException().isThrownBy(Interval::ofMean);
    }

    @Test
    void refusesWhatIsNoRate() {
        assertThatIllegalArgumentException().isThrownBy(() -> Interval.wilson(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Interval.wilson(3, 2));
    }
}
