package ardent.data;

import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random crop after zero padding, then a random horizontal flip, as ResNets are trained on CIFAR (He et al., CVPR
 * 2016); offsets and flip are drawn for each image.
 *
 * @param padding zero pixels added on each side before cropping back to the original size, 0 for no crop
 * @param flip whether half of the images are mirrored left to right
 */
public record Augmentation(int padding, boolean flip) {
    /** Pixel byte to float in [0, 1]. */
    static final float[] UNIT = new float[256];

    static {
        for (int level = 0; level < UNIT.length; level++) {
            UNIT[level] = level / 255f;
        }
    }

    private static final int MOST = 1 << 16;

    /** Refuses a padding below 0 or beyond every image. */
    public Augmentation {
        if (padding < 0 || padding > MOST) {
            throw new IllegalArgumentException("Padding is %d: give 0 or more pixels%s."
                    .formatted(padding, padding > MOST ? ", " + MOST + " at most" : ""));
        }
    }

    /** Returns the augmentation that leaves images as they are. */
    public static Augmentation none() {
        return new Augmentation(0, false);
    }

    /** Returns the usual augmentation of CIFAR: padding 4 and flips. */
    public static Augmentation standard() {
        return new Augmentation(4, true);
    }

    /**
     * What suits images of a shape: that of CIFAR, but for smaller ones a padding of an eighth of their shorter side, rounded; nothing
     * for grey ones.
     *
     * @param image shape of one image, (C, H, W)
     * @return how to change them
     */
    public static Augmentation of(Shape image) {
        Arguments.given("image", image);
        long side = Math.min(image.get(1), image.get(2));
        int padding = (int) Math.min(standard().padding, Math.round(side / 8.0));
        return image.get(0) > 1 ? new Augmentation(padding, true) : none();
    }

    /** Writes one image of unsigned bytes as floats, cropped and flipped at random. */
    void write(byte[] pixels, int from, float[] image, int height, int width, SplittableRandom random) {
        int down = padding == 0 ? 0 : random.nextInt(2 * padding + 1) - padding;
        int right = padding == 0 ? 0 : random.nextInt(2 * padding + 1) - padding;
        boolean mirror = flip && random.nextBoolean();
        if (down == 0 && right == 0 && !mirror) {
            for (int i = 0; i < image.length; i++) {
                image[i] = UNIT[pixels[from + i] & 255];
            }
            return;
        }
        Arrays.fill(image, 0);
        int first = Math.max(0, -right);
        int end = Math.min(width, width - right);
        for (int row = 0; row < image.length / width; row++) {
            int source = row % height + down;
            if (source < 0 || source >= height) {
                continue;
            }
            int line = from + (row + down) * width + right;
            for (int x = first; x < end; x++) {
                image[row * width + (mirror ? width - 1 - x : x)] = UNIT[pixels[line + x] & 255];
            }
        }
    }
}
