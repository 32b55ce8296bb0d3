package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import ardent.network.Layers.Layer;
import ardent.tensor.PixelUnshuffle;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Convolution and batch normalisation as layers that know each other, so that evaluation may do both in one. */
final class FoldedLayers {
    private static final float EPSILON = 1e-5f;
    private static final Shape ONE = new Shape(1, 1);
    private static final Shape NONE = new Shape(0, 0);
    /** Of an image: with 8 and 16 channels it took longer. */
    private static final int FEW_CHANNELS = 3;

    private FoldedLayers() {}

    record Conv(
            Layers net,
            String name,
            NDArray weight,
            @Nullable NDArray shift,
            Shape stride,
            Shape padding,
            int groups) implements Layer {
        /** For one that {@link Pair#asConv} made. */
        List<NDArray> arrays() {
            return List.of(weight, Objects.requireNonNull(shift));
        }

        @Override
        public NDArray apply(NDArray x, boolean training) {
            Shape given = x.getShape();
            Shape kernel = weight.getShape();
            if (given.dimension() != 4 || given.get(1) != kernel.get(1) * groups) {
                throw new IllegalArgumentException("the convolution " + name + " takes maps of "
                        + kernel.get(1) * groups + " channels, not " + given);
            }
            if (given.get(2) + 2 * padding.get(0) < kernel.get(2)
                    || given.get(3) + 2 * padding.get(1) < kernel.get(3)) {
                throw new IllegalArgumentException("the convolution " + name + " has a kernel of " + kernel.get(2) + "×"
                        + kernel.get(3) + ", larger than its maps " + given);
            }
            Folding now = training ? null : Folding.of(net);
            return now == null ? convolved(x, weight, shift) : now.convolved(this, x);
        }

        NDArray convolved(NDArray x, NDArray kernel, @Nullable NDArray bias) {
            return Conv2d.conv2d(x, kernel, bias, stride, padding, ONE, groups).head();
        }

        /** Whether it is faster as a convolution with stride 1 of pixels that were moved to channels, and is the same. */
        boolean unshuffles(Shape maps) {
            long step = stride.get(0);
            Shape kernel = weight.getShape();
            return step > 1
                    && groups == 1
                    && kernel.get(1) <= FEW_CHANNELS
                    && kernel.get(2) % step == 0
                    && kernel.get(3) % step == 0
                    && (maps.get(2) + 2 * padding.get(0)) % step == 0
                    && (maps.get(3) + 2 * padding.get(1)) % step == 0;
        }

        /** The same on pixels that were moved to channels, as its kernel was. */
        NDArray unshuffled(NDArray x, NDArray kernel, @Nullable NDArray bias) {
            NDArray pixels = PixelUnshuffle.of(x, padding.get(0), stride.get(0));
            return Conv2d.conv2d(pixels, kernel, bias, ONE, NONE, ONE, 1).head();
        }
    }

    record Norm(Layers net, String name, NDArray mean, NDArray variance, NDArray scale, NDArray shift)
            implements Layer {
        @Override
        public NDArray apply(NDArray x, boolean training) {
            Shape given = x.getShape();
            if (given.dimension() < 2 || given.get(1) != scale.size()) {
                throw new IllegalArgumentException(
                        "the batch normalisation " + name + " takes " + scale.size() + " channels, not " + given);
            }
            if (training && given.size() == given.get(1)) {
                throw new IllegalArgumentException("the batch normalisation " + name + " cannot learn from " + given
                        + ", one value for each channel: give batches of more than one image");
            }
            // Axis -1 takes the engine's direct path; the normalised axis is 1 either way.
            float memory = (float) (1 - net.pace());
            return BatchNorm.batchNorm(x, mean, variance, scale, shift, -1, memory, EPSILON, training)
                    .head();
        }
    }

    /** A convolution and the batch normalisation after it. */
    static final class Pair implements Layer {
        private final Conv conv;
        private final Norm norm;
        private @Nullable Conv folded;

        Pair(Conv conv, Norm norm) {
            this.conv = conv;
            this.norm = norm;
        }

        @Override
        public NDArray apply(NDArray x, boolean training) {
            if (folded != null && training) {
                throw new IllegalStateException("A folded network is for evaluation; train the one it was made from.");
            }
            Conv meanwhile = folded == null ? Folding.of(this, conv.net(), training) : folded;
            return meanwhile == null ? norm.apply(conv.apply(x, training), training) : meanwhile.apply(x, false);
        }

        boolean isFolded() {
            return folded != null;
        }

        /** The convolution that {@link #fold} made. */
        Conv folded() {
            return Objects.requireNonNull(folded, "not folded");
        }

        /** For good. */
        void fold() {
            folded = asConv();
        }

        /** w ← w·γ/√(σ² + 1e-5), b ← (b − μ)·γ/√(σ² + 1e-5) + β. */
        Conv asConv() {
            NDArray factor = norm.scale()
                    .div(norm.variance().add(Torch.constant(EPSILON)).sqrt());
            NDArray weight = conv.weight().mul(factor.reshape(-1, 1, 1, 1));
            NDArray before =
                    conv.shift() == null ? norm.mean().neg() : conv.shift().sub(norm.mean());
            NDArray shift = before.mul(factor).add(norm.shift());
            return new Conv(
                    conv.net(),
                    conv.name(),
                    conv.net().constant(weight),
                    conv.net().constant(shift),
                    conv.stride(),
                    conv.padding(),
                    conv.groups());
        }
    }

    /** Layers with each convolution joined to the batch normalisation right after it. */
    static List<Layer> join(Layer... layers) {
        var joined = new ArrayList<Layer>();
        for (int i = 0; i < layers.length; i++) {
            if (layers[i] instanceof Conv conv && i + 1 < layers.length && layers[i + 1] instanceof Norm norm) {
                var pair = new Pair(conv, norm);
                conv.net().foldable(pair);
                joined.add(pair);
                i++;
            } else {
                joined.add(layers[i]);
            }
        }
        return List.copyOf(joined);
    }
}
