package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PixelUnshuffleTest {
    @Test
    void itIsTheEnginesOwnFunction() {
        var engine = new Script("""
                def moved(self: __torch__.Script, x: Tensor) -> Tensor:
                  return torch.pixel_unshuffle(x, 2)
                """);
        NDArray moved = engine.method("moved");
        Tape.free(() -> {
            NDArray x = Noise.of(0).normal(new Shape(2, 3, 4, 6));
            NDArray weights = Noise.of(1).normal(new Shape(2, 12, 2, 3));
            assertThat(PixelUnshuffle.of(x, 0, 2).toFloatArray())
                    .isEqualTo(engine.call(moved, x).toFloatArray());
            assertThat(Tape.gradient(x, z -> PixelUnshuffle.of(z, 0, 2).mul(weights))
                            .toFloatArray())
                    .isEqualTo(Tape.gradient(x, z -> engine.call(moved, z).mul(weights))
                            .toFloatArray());
        });
    }

    /** Java writes numbers in the digits of the reader's language, which the engine does not read. */
    @Test
    void theEngineIsToldNumbersInItsOwnDigits() {
        Locale before = Locale.getDefault(Locale.Category.FORMAT);
        Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG"));
        try {
            Tape.free(() -> {
                NDArray x = Torch.array(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, new Shape(1, 1, 3, 3));
                // a padding that no network here has, so that the engine's function is made now
                NDArray moved = PixelUnshuffle.of(x, 3, 3);
                assertThat(moved.getShape()).isEqualTo(new Shape(1, 9, 3, 3));
                assertThat(moved.sum().getFloat()).isEqualTo(45);
            });
        } finally {
            Locale.setDefault(Locale.Category.FORMAT, before);
        }
    }
}
