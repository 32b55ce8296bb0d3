package ardent.evaluate;

import ardent.data.Images;
import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One image before and after an attack, kept to be shown.
 *
 * @param truth its class
 * @param before class predicted for the clean image
 * @param after class predicted for the adversarial image
 * @param clean the image
 * @param adversarial what the attack made of it
 */
public record ExampleImage(String truth, String before, String after, ImagePixels clean, ImagePixels adversarial) {
    /** Nothing is null. */
    public ExampleImage {
        Arguments.given("truth, before, after, clean, adversarial", truth, before, after, clean, adversarial);
    }

    /** Keeps a few images of an attack to be shown: the first of each class, then the first of all. */
    static final class Chosen {
        private static final int MANY = 10;

        private final Images images;
        private final int[] truth;
        private final Set<Integer> chosen;
        private final List<Kept> kept = new ArrayList<>();

        private record Kept(int index, ImagePixels clean, ImagePixels adversarial) {}

        Chosen(Images images, int[] truth) {
            this.images = images;
            this.truth = truth;
            this.chosen = choose(truth);
        }

        private static Set<Integer> choose(int[] truth) {
            var seen = new HashSet<Integer>();
            var chosen = new LinkedHashSet<Integer>();
            for (int i = 0; i < truth.length && chosen.size() < MANY; i++) {
                if (seen.add(truth[i])) {
                    chosen.add(i);
                }
            }
            for (int i = 0; i < truth.length && chosen.size() < MANY; i++) {
                chosen.add(i);
            }
            return chosen;
        }

        /** Copies the chosen ones out of a batch. */
        void keep(int[] indices, float[] clean, float[] adversarial) {
            int size = clean.length / indices.length;
            for (int i = 0; i < indices.length; i++) {
                if (chosen.contains(indices[i])) {
                    int from = i * size;
                    kept.add(new Kept(indices[i], copy(clean, from, size), copy(adversarial, from, size)));
                }
            }
        }

        private ImagePixels copy(float[] pixels, int from, int size) {
            return new ImagePixels(images.shape(), Arrays.copyOfRange(pixels, from, from + size));
        }

        /** The images, with what was predicted for them; sorted by class. */
        List<ExampleImage> list(int[] before, int[] after) {
            List<String> classes = images.classes();
            return kept.stream()
                    .sorted(Comparator.comparingInt(pair -> truth[pair.index]))
                    .map(pair -> new ExampleImage(
                            classes.get(truth[pair.index]),
                            classes.get(before[pair.index]),
                            classes.get(after[pair.index]),
                            pair.clean,
                            pair.adversarial))
                    .toList();
        }
    }
}
