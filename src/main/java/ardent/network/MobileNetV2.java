package ardent.network;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.globalAverage;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.types.Shape;
import ardent.network.Layers.Layer;
import java.util.ArrayList;
import java.util.List;

/**
 * MobileNetV2 for 32×32 images (Sandler et al., CVPR 2018, in the form of the robustness literature): stem and second
 * stage with stride 1, plain rectifiers, a 1×1 shortcut where channels change at stride 1. 2,296,922 weights at 10
 * classes; layer names as in the public PyTorch checkpoints.
 */
public record MobileNetV2() implements Architecture {
    /** Expansion, channels, blocks and stride of each stage. */
    private static final int[][] STAGES = {
        {1, 16, 1, 1}, {6, 24, 2, 1}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}
    };

    @Override
    public Body build(Layers net, Shape image, int classes) {
        var stages = new ArrayList<Layer>();
        Layer stage = chain(net.conv("conv1", (int) image.get(0), 32, 3, 1), net.batchNorm("bn1", 32), relu());
        int blocks = 0;
        int in = 32;
        for (int[] row : STAGES) {
            if (row[3] == 2) { // the output of a stage is the last one before the maps shrink
                stages.add(stage);
                stage = chain();
            }
            for (int i = 0; i < row[2]; i++) {
                stage = chain(stage, block(net, "layers." + blocks++, in, row[1], row[0], i == 0 ? row[3] : 1));
                in = row[1];
            }
        }
        stages.add(stage);
        Layer neck = chain(net.conv("conv2", in, 1280, 1, 1), net.batchNorm("bn2", 1280), relu(), globalAverage());
        return new StagedNetwork(List.copyOf(stages), neck, net.linear("linear", 1280, classes));
    }

    private static Layer block(Layers net, String name, int in, int out, int expansion, int stride) {
        int inner = expansion * in;
        Layer residual = chain(
                net.conv(name + ".conv1", in, inner, 1, 1),
                net.batchNorm(name + ".bn1", inner),
                relu(),
                net.conv(
                        name + ".conv2",
                        new Convolution(inner, inner, 3)
                                .stride(stride)
                                .padding(1)
                                .groups(inner)
                                .withoutBias()),
                net.batchNorm(name + ".bn2", inner),
                relu(),
                net.conv(name + ".conv3", inner, out, 1, 1),
                net.batchNorm(name + ".bn3", out));
        if (stride != 1) {
            return residual;
        }
        Layer shortcut = in == out
                ? (x, training) -> x
                : chain(net.conv(name + ".shortcut.0", in, out, 1, 1), net.batchNorm(name + ".shortcut.1", out));
        return (x, training) -> residual.apply(x, training).add(shortcut.apply(x, training));
    }
}
