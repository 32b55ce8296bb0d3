package ardent.anomaly;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ardent.network.Layers;
import ardent.network.Layers.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The network of the student of reverse distillation.
 *
 * <p>Bottleneck: each stage goes by 3×3 convolutions of stride 2 to the size of the last one, a 1×1 convolution joins
 * them, and two 3×3 convolutions, the first of stride 2 and to twice the channels, embed them. Decoder, for each stage: a
 * 2×2 transposed convolution, which is a 1×1 convolution whose channels are laid out as squares, and a 3×3 one. The
 * authors' has the bottleneck blocks of a ResNet-50 instead.
 */
final class ReverseDecoder {
    private final Layers layers;
    private final List<Shape> shapes;
    private final int stages;
    private final List<Layer> down = new ArrayList<>();
    private final Layer embed;
    private final List<Layer> up = new ArrayList<>();

    /** Decodes maps of these shapes (c, h, w), from the first, largest ones to the last. */
    ReverseDecoder(Layers layers, List<Shape> shapes) {
        this.layers = layers;
        this.shapes = List.copyOf(shapes);
        stages = shapes.size();
        embed = build();
    }

    private Layer build() {
        int last = channels(stages - 1);
        for (int k = 0; k < stages; k++) {
            down.add(shrink("shrink." + k, channels(k), side(k), last));
        }
        Layer join =
                chain(layers.conv("join.conv", stages * last, last, 1, 1), layers.batchNorm("join.bn", last), relu());
        Layer embedding =
                chain(conv("embed.0", last, 2 * last, 2), relu(), conv("embed.1", 2 * last, 2 * last, 1), relu());
        int in = 2 * last;
        long size = (side(stages - 1) + 1) / 2;
        for (int k = stages - 1; k >= 0; k--) {
            up.add(grow("grow." + k, in, channels(k), size < side(k)));
            in = channels(k);
            size = side(k);
        }
        return chain(join, embedding);
    }

    /** Convolutions of stride 2 until the maps are as small as those of the last stage. */
    private Layer shrink(String name, int in, long side, int out) {
        Layer layer = chain(conv(name + ".0", in, out, side > side(stages - 1) ? 2 : 1), relu());
        long left = side > side(stages - 1) ? (side + 1) / 2 : side;
        for (int i = 1; left > side(stages - 1); i++) {
            layer = chain(layer, conv(name + "." + i, out, out, 2), relu());
            left = (left + 1) / 2;
        }
        return layer;
    }

    private Layer grow(String name, int in, int out, boolean larger) {
        Layer widen = layers.conv(name + ".up", in, larger ? 4 * out : out, 1, 1);
        Layer norm = layers.batchNorm(name + ".bn", out);
        Layer smooth = conv(name + ".smooth", out, out, 1);
        return (x, training) -> {
            NDArray wide = widen.apply(x, training);
            NDArray grown = norm.apply(larger ? squares(wide) : wide, training);
            return smooth.apply(Activation.relu(grown), training);
        };
    }

    private Layer conv(String name, int in, int out, int stride) {
        return chain(layers.conv(name + ".conv", in, out, 3, stride), layers.batchNorm(name + ".bn", out));
    }

    /** {@code [N, 4c, h, w]} to {@code [N, c, 2h, 2w]}: each four channels become the pixels of a square. */
    static NDArray squares(NDArray x) {
        long[] n = x.getShape().getShape();
        return x.reshape(n[0], n[1] / 4, 2, 2, n[2], n[3])
                .transpose(0, 1, 4, 2, 5, 3)
                .reshape(n[0], n[1] / 4, 2 * n[2], 2 * n[3]);
    }

    private int channels(int stage) {
        return (int) shapes.get(stage).get(0);
    }

    private long side(int stage) {
        return Math.max(shapes.get(stage).get(1), shapes.get(stage).get(2));
    }

    List<NDArray> decoded(List<NDArray> taught, boolean training) {
        Shape smallest = shapes.get(stages - 1);
        NDArray all = IntStream.range(0, stages)
                .mapToObj(k -> cut(down.get(k).apply(taught.get(k), training), smallest))
                .reduce((a, b) -> a.concat(b, 1))
                .orElseThrow();
        NDArray x = embed.apply(all, training);
        var maps = new ArrayList<NDArray>();
        for (int i = 0; i < stages; i++) {
            x = cut(up.get(i).apply(x, training), shapes.get(stages - 1 - i));
            maps.add(0, x);
        }
        return maps;
    }

    private static NDArray cut(NDArray maps, Shape shape) {
        return maps.get(":, :, :" + shape.get(1) + ", :" + shape.get(2));
    }
}
