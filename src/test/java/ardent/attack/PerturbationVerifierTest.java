package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.network.Network;
import ardent.tensor.Noise;
import org.junit.jupiter.api.Test;

/** Where images lie, measured on images of two pixels. */
class PerturbationVerifierTest extends OnePixelImages {
    private static float[] floats(float... values) {
        return values;
    }

    @Test
    void placesAreMeasuredInDoublePrecision() {
        Ball linf = new Linf(0.25f);
        float[] clean = {9, 0.5f, 0.25f, 9};
        float[] moved = {9, 0.75f, 0, 9};
        assertThat(PerturbationVerifier.look(linf, 0.25, clean, moved, 1, 2))
                .isEqualTo(new PerturbationVerifier.Place(true, 0.25, Math.sqrt(0.125), 0, 0));
        assertThat(PerturbationVerifier.look(linf, 0.2, clean, moved, 1, 2))
                .isEqualTo(new PerturbationVerifier.Place(true, 0.25, Math.sqrt(0.125), 0, 0.25 - 0.2));
        assertThat(PerturbationVerifier.look(new L2(1), 0.25, clean, moved, 1, 2)
                        .beyond())
                .isEqualTo(Math.sqrt(0.125) - 0.25);
        assertThat(PerturbationVerifier.look(null, 0, clean, moved, 1, 2))
                .isEqualTo(new PerturbationVerifier.Place(true, 0.25, Math.sqrt(0.125), 0, 0));
        assertThat(PerturbationVerifier.look(linf, 1, clean, floats(9, -0.5f, 0, 9), 1, 2)
                        .outside())
                .isEqualTo(0.5);
        assertThat(PerturbationVerifier.look(linf, 1, clean, floats(9, 1.25f, 1, 9), 1, 2)
                        .outside())
                .isEqualTo(0.25);
        assertThat(PerturbationVerifier.look(linf, 1, clean, floats(9, 1, 1, 9), 1, 2)
                        .allowed())
                .isTrue();
        assertThat(PerturbationVerifier.look(linf, 1, clean, moved, 0, 4).outside())
                .isEqualTo(8);
        PerturbationVerifier.Place nothing =
                PerturbationVerifier.look(linf, 1, clean, floats(9, 1, Float.NaN, 9), 1, 2);
        assertThat(nothing).isEqualTo(new PerturbationVerifier.Place(false, Double.NaN, Double.NaN, 0, 0));
        assertThat(nothing.allowed()).isFalse();
        assertThat(new PerturbationVerifier.Place(true, 0, 0, 1e-9, 0).allowed())
                .isFalse();
        assertThat(new PerturbationVerifier.Place(true, 0, 0, 0, 1e-9).allowed())
                .isFalse();
    }

    /** What is held to be within: 1e-6 beyond for L∞; 1e-5, times the radius above 1, for L2. */
    @Test
    void placesAreKeptUpToTheRounding() {
        assertThat(PerturbationVerifier.tolerance(true, 3)).isEqualTo(1e-6);
        assertThat(PerturbationVerifier.tolerance(false, 0.1)).isEqualTo(1e-5);
        assertThat(PerturbationVerifier.tolerance(false, 3)).isCloseTo(3e-5, within(1e-12));
        float[] clean = {0};
        float[] half = {0.5f};
        assertThat(PerturbationVerifier.inside(new Linf(1), 0.5 - 0.9e-6, clean, half))
                .isTrue();
        assertThat(PerturbationVerifier.inside(new Linf(1), 0.5 - 1.1e-6, clean, half))
                .isFalse();
        assertThat(PerturbationVerifier.inside(new L2(1), 0.5 - 0.9e-5, clean, half))
                .isTrue();
        assertThat(PerturbationVerifier.inside(new L2(1), 0.5 - 1.1e-5, clean, half))
                .isFalse();
        NDArray images = images(0, 0, 0);
        record Turned(Ball ball) implements Attack {
            @Override
            public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
                return images;
            }

            @Override
            public String label() {
                return "turned";
            }
        }
        Attack attack = new Turned(new Linf(0.5f));
        assertThat(PerturbationVerifier.trouble(attack, images, images(0.5f, 0.2f, 0.1f)))
                .isEmpty();
        assertThat(PerturbationVerifier.trouble(attack, images, images(0.5f, 0.6f, 0.7f)))
                .contains("turned: 2 images are outside the ball or [0, 1]; fix the attack.");
        NDArray pairs = images(0, 0, 0, 0).reshape(2, 1, 1, 2);
        NDArray second = images(0.5f, 0.2f, 0.6f, 0.7f).reshape(2, 1, 1, 2);
        assertThat(PerturbationVerifier.trouble(attack, pairs, second))
                .contains("turned: 1 image is outside the ball or [0, 1]; fix the attack.");
        assertThat(PerturbationVerifier.places(null, pairs, second))
                .extracting(PerturbationVerifier.Place::linf)
                .containsExactly((double) 0.5f, (double) 0.7f);
        assertThatThrownBy(() -> PerturbationVerifier.trouble(attack, images, null))
                .hasMessageContaining("turned returned null for images of shape");
        assertThatThrownBy(() -> PerturbationVerifier.trouble(attack, images, images(0.5f, 0.6f)))
                .hasMessageContaining("turned returned shape (2, ");
        assertThatThrownBy(() -> PerturbationVerifier.trouble(
                        attack, images, images.toType(ai.djl.ndarray.types.DataType.FLOAT64, true)))
                .hasMessageContaining("returned float64 for float32 images");
    }
}
