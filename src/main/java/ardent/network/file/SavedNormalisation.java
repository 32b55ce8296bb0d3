package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.network.Architecture;
import ardent.network.Normalised;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mean and deviation that a checkpoint keeps beside its weights.
 *
 * @param names what they are called there
 * @param mean one value for each channel, in pixels
 * @param deviation one value for each channel, in pixels
 */
public record SavedNormalisation(List<String> names, List<Float> mean, List<Float> deviation) {
    private static final Pattern MEAN = Pattern.compile("(|.*\\.)(mean|mu|new_mean)");
    private static final Map<String, String> DEVIATIONS = Map.of("mean", "std", "mu", "sigma", "new_mean", "new_std");
    private static final float ROUNDING = 5e-4f;

    /** Finds a pair named {@code mean} and {@code std}, {@code mu} and {@code sigma} or {@code new_mean} and {@code new_std}. */
    public static Optional<SavedNormalisation> in(Map<String, NDArray> arrays, Shape image) {
        for (String name : arrays.keySet()) {
            Matcher matcher = MEAN.matcher(name);
            if (matcher.matches()) {
                String other = matcher.group(1) + DEVIATIONS.get(matcher.group(2));
                NDArray mean = arrays.get(name);
                NDArray deviation = arrays.get(other);
                if (mean != null && deviation != null) {
                    return Optional.of(new SavedNormalisation(
                            List.of(name, other), channels(mean, image), channels(deviation, image)));
                }
            }
        }
        return Optional.empty();
    }

    private static List<Float> channels(NDArray array, Shape image) {
        int channels = Math.toIntExact(image.get(0));
        if (array.size() != channels && array.size() != 1) {
            throw new IllegalArgumentException(
                    "its normalisation has the shape " + array.getShape() + " for " + channels + " channels");
        }
        var values = new ArrayList<Float>();
        for (float value : array.toType(DataType.FLOAT32, false).toFloatArray()) {
            values.add(value);
        }
        return values.size() == channels ? values : Collections.nCopies(channels, values.get(0));
    }

    /** The architecture with this normalisation; refuses values of no pixels, and one that normalises by others. */
    public Architecture around(Architecture architecture) {
        if (!(architecture instanceof Normalised given)) {
            return new Normalised(architecture, mean, deviation);
        }
        if (!near(mean, given.mean()) || !near(deviation, given.deviation())) {
            throw new IllegalArgumentException("it normalises by mean " + mean + " and deviation " + deviation
                    + ", not by " + given.mean() + " and " + given.deviation()
                    + "; give the bare architecture to take the file's");
        }
        return new Normalised(given.network(), mean, deviation);
    }

    private static boolean near(List<Float> one, List<Float> two) {
        boolean near = one.size() == two.size();
        for (int i = 0; near && i < one.size(); i++) {
            near = Math.abs(one.get(i) - two.get(i)) <= ROUNDING;
        }
        return near;
    }
}
