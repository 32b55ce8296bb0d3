package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import java.util.List;

/**
 * A network that first subtracts a mean and divides by a deviation, so that attacks still see pixels in [0, 1].
 *
 * @param network what sees the normalised images
 * @param mean one value for each channel, in pixels
 * @param deviation one value for each channel, in pixels, greater than 0
 */
public record Normalised(Architecture network, List<Float> mean, List<Float> deviation) implements Architecture {
    /** Checks that there are as many means as deviations and that these are greater than 0. */
    public Normalised {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != deviation.size() || deviation.stream().anyMatch(d -> !(d > 0))) {
            throw new IllegalArgumentException("Normalisation needs one mean and one deviation greater than 0 for each"
                    + " channel, not " + mean + " and " + deviation + ".");
        }
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        if (image.get(0) != mean.size()) {
            throw new IllegalArgumentException(
                    "The normalisation has " + mean.size() + " channels and the images have " + image.get(0) + ".");
        }
        Body body = network.build(net, image, classes);
        NDArray shift = net.constant(values(mean));
        NDArray scale = net.constant(values(deviation));
        return (images, training) -> body.apply(images.sub(shift).div(scale), training);
    }

    private static NDArray values(List<Float> list) {
        NDManager manager = Torch.manager();
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i);
        }
        try (NDArray lent = manager.create(values, new Shape(1, values.length, 1, 1))) {
            return lent.duplicate();
        }
    }
}
