package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import ardent.tensor.Torch;
import java.util.List;

/**
 * A network that first subtracts a mean and divides by a deviation, so that attacks still see pixels in [0, 1].
 *
 * @param network what sees the normalised images
 * @param mean one value for each channel, in pixels, 0 to 1
 * @param deviation one value for each channel, in pixels, greater than 0 and at most 1
 */
public record Normalised(Architecture network, List<Float> mean, List<Float> deviation) implements Architecture {
    /** Checks that there are as many means as deviations and that they are those of pixels in [0, 1]. */
    public Normalised {
        Arguments.given("network", network);
        mean = Arguments.all("mean", mean);
        deviation = Arguments.all("deviation", deviation);
        boolean means = mean.stream().allMatch(m -> m >= 0 && m <= 1);
        boolean deviations = deviation.stream().allMatch(d -> d > 0 && d <= 1);
        if (!means || !deviations || mean.size() != deviation.size()) {
            throw new IllegalArgumentException(
                    "Normalisation needs a mean from 0 to 1 and a deviation above 0 and up to 1"
                            + " for each channel, as pixels are from 0 to 1, not " + mean + " and " + deviation
                            + "; divide those of levels from 0 to 255 by 255.");
        }
    }

    /**
     * With the mean and deviation of CIFAR-10's training images, rounded as public code has them.
     *
     * @param network what sees the normalised images
     * @return the normalised network
     */
    public static Normalised cifar10(Architecture network) {
        return new Normalised(network, List.of(0.4914f, 0.4822f, 0.4465f), List.of(0.2471f, 0.2435f, 0.2616f));
    }

    /**
     * With the mean and deviation of CIFAR-100's training images, rounded as public code has them.
     *
     * @param network what sees the normalised images
     * @return the normalised network
     */
    public static Normalised cifar100(Architecture network) {
        return new Normalised(network, List.of(0.5071f, 0.4865f, 0.4409f), List.of(0.2673f, 0.2564f, 0.2762f));
    }

    /** The network's own: what it is called does not depend on how its images are scaled. */
    @Override
    public String label() {
        return network.label();
    }

    @Override
    public String named(String name) {
        return network.named(name);
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
        return new Scaled(body, shift, scale);
    }

    private record Scaled(Body body, NDArray shift, NDArray scale) implements Body {
        @Override
        public Outputs apply(NDArray images, boolean training) {
            return body.apply(normalised(images), training);
        }

        @Override
        public List<NDArray> stages(NDArray images) {
            return body.stages(normalised(images));
        }

        private NDArray normalised(NDArray images) {
            return images.sub(shift).div(scale);
        }
    }

    static NDArray values(List<Float> list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i);
        }
        return Torch.array(values, new Shape(1, values.length, 1, 1));
    }
}
