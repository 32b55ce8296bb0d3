package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimisers against PyTorch's definition, computed here in double precision. */
class OptimiserTest {
    /** Gradient of w·w/2 is w. Rates drop after the second step, where the engine's own optimiser goes astray. */
    private static final double[] RATES = {0.1, 0.1, 0.01, 0.01};

    @Test
    void momentumSurvivesARateDropAsInPyTorch() {
        // torch.optim.SGD(momentum=0.9) on w·w/2 from 1 with these rates.
        assertThat(sgd(0.9, 0, false)).containsExactly(new double[] {0.9, 0.72, 0.6966, 0.668574}, within(1e-6));
    }

    @Test
    void decayAndNesterovFollowTheirDefinition() {
        for (boolean nesterov : new boolean[] {false, true}) {
            double w = 1;
            double v = 0;
            double[] expected = new double[RATES.length];
            for (int i = 0; i < RATES.length; i++) {
                double g = w + 0.05 * w;
                v = 0.9 * v + g;
                w -= RATES[i] * (nesterov ? g + 0.9 * v : v);
                expected[i] = w;
            }
            assertThat(sgd(0.9, 0.05, nesterov)).containsExactly(expected, within(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.9, 0.5})
    void adamFollowsItsDefinition(double beta) {
        double w = 1;
        double m = 0;
        double s = 0;
        double[] expected = new double[4];
        for (int t = 1; t <= 4; t++) {
            m = beta * m + (1 - beta) * w;
            s = 0.999 * s + 0.001 * w * w;
            w -= 0.1 * (m / (1 - Math.pow(beta, t))) / (Math.sqrt(s / (1 - Math.pow(0.999, t))) + 1e-8);
            expected[t - 1] = w;
        }
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = weight(manager, 1);
            try (var optimiser = Optimiser.adam(List.of(weight), beta)) {
                double[] actual = new double[4];
                for (int i = 0; i < 4; i++) {
                    learn(weight);
                    optimiser.step(0.1, 0);
                    actual[i] = weight.stopGradient().getFloat();
                }
                assertThat(actual).containsExactly(expected, within(1e-6));
            }
        }
    }

    @Test
    void clippingShortensTheNormOverAllWeights() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray three = weight(manager, 3);
            NDArray minusFour = weight(manager, -4);
            try (var optimiser = Optimiser.sgd(List.of(three, minusFour), 0, 0, false)) {
                Tape.record(() -> square(three).add(square(minusFour)));
                optimiser.step(1, 1);
                assertThat(three.stopGradient().getFloat()).isCloseTo(3 - 0.6f, within(1e-5f));
                assertThat(minusFour.stopGradient().getFloat()).isCloseTo(-4 + 0.8f, within(1e-5f));
                Tape.record(() -> square(three).mul(Torch.constant(0.1)));
                optimiser.step(1, 1);
                assertThat(three.stopGradient().getFloat()).isCloseTo(2.4f * 0.9f, within(1e-5f));
            }
        }
    }

    private static double[] sgd(double momentum, double decay, boolean nesterov) {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = weight(manager, 1);
            try (var optimiser = Optimiser.sgd(List.of(weight), momentum, decay, nesterov)) {
                double[] path = new double[RATES.length];
                for (int i = 0; i < path.length; i++) {
                    learn(weight);
                    optimiser.step(RATES[i], 0);
                    path[i] = weight.stopGradient().getFloat();
                }
                return path;
            }
        }
    }

    private static NDArray weight(NDManager manager, float value) {
        NDArray weight = manager.full(new ai.djl.ndarray.types.Shape(1), value);
        weight.setRequiresGradient(true);
        return weight;
    }

    private static void learn(NDArray weight) {
        Tape.record(() -> square(weight));
    }

    private static NDArray square(NDArray weight) {
        return weight.mul(weight).mul(Torch.constant(0.5)).sum();
    }
}
