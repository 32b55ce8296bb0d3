package ardent.network;

import static ardent.network.Layers.chain;
import static ardent.network.Layers.globalAverage;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.types.Shape;
import ardent.network.Layers.Layer;
import java.util.List;

/**
 * ResNet-18 with pre-activation blocks for 32×32 images (He et al., ECCV 2016, in the form of the robustness literature).
 * 11,171,146 weights at width 64 and 10 classes without the last normalisation, 11,172,170 with it; layer names as in the
 * public PyTorch checkpoints.
 *
 * <p>A block's shortcut sees the activated input, as in K. Liu's code and in "Overfitting in adversarially robust deep
 * learning" (Rice et al., ICML 2020). In the code of "Fast is better than free" (Wong et al., ICLR 2020) it sees the
 * input itself, under the same names: its checkpoints load here and compute something else.
 *
 * @param width channels of the first stage; each following stage doubles them
 * @param normalised whether the last stage is followed by batch normalisation {@code bn} and a rectifier, as in Rice et al.
 */
public record PreActResNet18(int width, boolean normalised) implements Architecture {
    /** Checks the width. */
    public PreActResNet18 {
        LayerSizes.require(width, "width");
    }

    /** Width 64 without the last normalisation, as K. Liu has it. */
    public PreActResNet18() {
        this(64, false);
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        Layer stem = net.conv("conv1", (int) image.get(0), width, 3, 1);
        Layer[] stages = ResidualBlocks.stages(
                net, stem, ResidualBlocks::layer, width, new int[] {2, 2, 2, 2}, 1, PreActResNet18::block);
        int last = 8 * width;
        Layer end = normalised ? chain(net.batchNorm("bn", last), relu(), globalAverage()) : globalAverage();
        return new StagedNetwork(List.of(stages), end, net.linear("linear", last, classes));
    }

    private static Layer block(Layers net, String name, int in, int out, int stride) {
        Layer activate = chain(net.batchNorm(name + ".bn1", in), relu());
        Layer residual = chain(
                net.conv(name + ".conv1", in, out, 3, stride),
                net.batchNorm(name + ".bn2", out),
                relu(),
                net.conv(name + ".conv2", out, out, 3, 1));
        boolean same = stride == 1 && in == out;
        return ResidualBlocks.preActivated(
                activate, residual, same ? null : net.conv(name + ".shortcut.0", in, out, 1, stride));
    }

    @Override
    public String named(String name) {
        return ResidualBlocks.named(name);
    }
}
