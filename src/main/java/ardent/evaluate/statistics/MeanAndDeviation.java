package ardent.evaluate.statistics;

import ardent.provenance.Arguments;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Mean and standard deviation of a number over seeds.
 *
 * @param count how many seeds
 * @param mean their mean; NaN where there are none
 * @param deviation the sample's standard deviation, with n − 1 below the line; NaN of fewer than two
 */
public record MeanAndDeviation(int count, double mean, double deviation) {
    /**
     * The spread of some values.
     *
     * @param values one per seed
     * @return mean and deviation
     */
    public static MeanAndDeviation of(DoubleStream values) {
        Arguments.given("values", values);
        double[] all = values.toArray();
        double deviation = all.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(all));
        return new MeanAndDeviation(all.length, Arrays.stream(all).average().orElse(Double.NaN), deviation);
    }
}
