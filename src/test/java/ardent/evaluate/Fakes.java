package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.data.Images;
import ardent.network.Network;
import ardent.provenance.Described;
import ardent.tensor.Noise;
import java.util.List;
import java.util.Random;

/** Networks and attacks whose figures are known. */
public final class Fakes {
    private Fakes() {}

    /** A plan of a network. */
    public record Plan(String method, float contrast, String compensation) {}

    /** Classifies by brightness, and says where it comes from. */
    public record Bright(String name, Record origin, float blur) implements Network, Described {
        @Override
        public NDArray logits(NDArray images) {
            NDArray grey = images.reshape(images.getShape().get(0), -1).mean(new int[] {1}, true);
            NDArray centres = grey.getManager().create(new float[] {0.2f, 0.5f, 0.8f}, new Shape(1, 3));
            return grey.add(blur).sub(centres).abs().neg();
        }
    }

    /** Brightens by a fixed amount. */
    public record Lighten(float amount) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return images.add(amount).minimum(1);
        }

        @Override
        public String label() {
            return "Lighten-" + Math.round(amount * 100);
        }
    }

    /** Coloured 8×8 images of three brightnesses. */
    public static Images images(int count) {
        var random = new Random(5);
        byte[] pixels = new byte[count * 3 * 64];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
            for (int p = 0; p < 192; p++) {
                pixels[i * 192 + p] = (byte) (50 + 77 * labels[i] + random.nextInt(20) - 10 + i % 7);
            }
        }
        return Images.of("stripes & <b>", pixels, labels, new Shape(3, 8, 8), List.of("dark <i>", "grey", "light"));
    }
}
