package ardent.network;

import ardent.provenance.Arguments;

/**
 * A 2-dimensional convolution as PyTorch's {@code nn.Conv2d} has it, which its first three numbers alone determine: stride 1,
 * no padding, one group, with a bias.
 *
 * @param in input channels
 * @param out output channels
 * @param kernel height and width of the kernel
 * @param stride step in pixels
 * @param padding zeros added on each side
 * @param groups groups of channels
 * @param bias whether it adds a bias
 */
public record Convolution(int in, int out, int kernel, int stride, int padding, int groups, boolean bias) {
    /** Checks the numbers. */
    public Convolution {
        Arguments.atLeastOne("input channel", in);
        Arguments.atLeastOne("output channel", out);
        Arguments.atLeastOne("pixel of the kernel", kernel);
        Arguments.atLeastOne("pixel of the stride", stride);
        Arguments.atLeastOne("group", groups);
        if (padding < 0 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("A convolution needs padding of at least 0 and channels that its groups"
                    + " divide, not padding " + padding + " and " + groups + " groups of " + in + " and " + out
                    + " channels.");
        }
    }

    /**
     * With PyTorch's defaults.
     *
     * @param in input channels
     * @param out output channels
     * @param kernel height and width of the kernel
     */
    public Convolution(int in, int out, int kernel) {
        this(in, out, kernel, 1, 0, 1, true);
    }

    /**
     * With another step.
     *
     * @param stride step in pixels
     * @return the convolution
     */
    public Convolution stride(int stride) {
        return new Convolution(in, out, kernel, stride, padding, groups, bias);
    }

    /**
     * With zeros around the maps.
     *
     * @param padding zeros added on each side
     * @return the convolution
     */
    public Convolution padding(int padding) {
        return new Convolution(in, out, kernel, stride, padding, groups, bias);
    }

    /**
     * With groups of channels that do not mix.
     *
     * @param groups how many
     * @return the convolution
     */
    public Convolution groups(int groups) {
        return new Convolution(in, out, kernel, stride, padding, groups, bias);
    }

    /**
     * Without a bias, as before batch normalisation.
     *
     * @return the convolution
     */
    public Convolution withoutBias() {
        return new Convolution(in, out, kernel, stride, padding, groups, false);
    }
}
