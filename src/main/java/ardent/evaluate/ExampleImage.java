package ardent.evaluate;

import ardent.data.Images;
import ardent.provenance.Arguments;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One image before and after an attack, kept to be shown.
 *
 * @param truth its class
 * @param before class predicted for the clean image
 * @param after class predicted for the adversarial image, or for the clean one where that is outside the ball or [0, 1]
 * @param clean the image
 * @param adversarial what the attack made of it
 */
public record ExampleImage(String truth, String before, String after, ImagePixels clean, ImagePixels adversarial) {
    private static final int MANY = 10;

    /** Nothing is null. */
    public ExampleImage {
        Arguments.given("truth, before, after, clean, adversarial", truth, before, after, clean, adversarial);
    }

    /** An image and what an attack made of it, with its place among the images of the evaluation. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Pair(int index, float[] clean, float[] adversarial) {}

    static Set<Integer> chosen(int[] truth) {
        return chosen(truth, MANY);
    }

    /**
     * Which images are shown: the first of each class, then the second of each, and so on.
     *
     * @param truth a class for each image, from 0
     * @param most how many at most
     * @return indices of images
     */
    public static Set<Integer> chosen(int[] truth, int most) {
        var seen = new int[IntStream.of(truth).max().orElse(0) + 1];
        int[] place = IntStream.of(truth).map(label -> seen[label]++).toArray();
        return IntStream.range(0, truth.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> place[i]))
                .limit(most)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Copies the chosen ones out of a batch. */
    static void keep(Set<Integer> chosen, int[] indices, float[] clean, float[] adversarial, List<Pair> kept) {
        int size = clean.length / indices.length;
        for (int i = 0; i < indices.length; i++) {
            if (chosen.contains(indices[i])) {
                kept.add(new Pair(
                        indices[i],
                        Arrays.copyOfRange(clean, i * size, (i + 1) * size),
                        Arrays.copyOfRange(adversarial, i * size, (i + 1) * size)));
            }
        }
    }

    /** The images, with what was predicted for them; sorted by class. */
    static List<ExampleImage> list(List<Pair> kept, Images images, int[] truth, int[] before, int[] after) {
        List<String> classes = images.classes();
        return kept.stream()
                .sorted(Comparator.comparingInt(pair -> truth[pair.index]))
                .map(pair -> new ExampleImage(
                        classes.get(truth[pair.index]),
                        classes.get(before[pair.index]),
                        classes.get(after[pair.index]),
                        new ImagePixels(images.shape(), pair.clean),
                        new ImagePixels(images.shape(), pair.adversarial)))
                .toList();
    }
}
