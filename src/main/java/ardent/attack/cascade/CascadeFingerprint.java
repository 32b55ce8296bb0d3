package ardent.attack.cascade;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import ardent.tensor.BatchBounds;
import ardent.tensor.Tape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.LongStream;

/** What tells runs and images apart. */
public final class CascadeFingerprint {
    private static final int PART = 256;
    private static final int BYTE = 256;

    private CascadeFingerprint() {}

    /**
     * SHA-256 over the attack, the network, the images, the labels and the radii. A network whose weights are not known is
     * told by its description and by what it says of the images, if it says the same when asked twice and the attack is not
     * for randomised ones; the names of lambdas change with every start of Java.
     */
    public static String of(Attack attack, Network victim, NDArray images, NDArray labels, float... radii) {
        MessageDigest digest = Sha256.digest();
        String network = victim instanceof Classifier known
                ? known.architecture() + Weights.sha256(known.layers().all())
                : Description.of(victim).json() + (attack.averagesDraws() ? "" : answers(victim, images));
        digest.update(
                (Description.of(attack, Classifier::hashed).json() + network + "\n").getBytes(StandardCharsets.UTF_8));
        int count = Math.toIntExact(images.getShape().get(0));
        var parts = new BatchBounds(count, PART);
        for (int from = 0; from < count; from = parts.end(from)) {
            try (NDArray part = images.get(from + ":" + parts.end(from))) {
                digest.update(bytes(Tape.read(part::toFloatArray)));
            }
        }
        digest.update(bytes(Tape.read(labels::toLongArray)));
        digest.update(bytes(radii));
        return Sha256.text(digest);
    }

    private static ByteBuffer bytes(float... numbers) {
        var bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        return bytes;
    }

    /** One byte for each label where all fit, as journals have always had it, else eight. */
    private static byte[] bytes(long... labels) {
        boolean small = LongStream.of(labels).allMatch(label -> label >= 0 && label < BYTE);
        var bytes = ByteBuffer.allocate((small ? 1 : Long.BYTES) * labels.length);
        for (long label : labels) {
            if (small) {
                bytes.put((byte) label);
            } else {
                bytes.putLong(label);
            }
        }
        return bytes.array();
    }

    /** What a network says of the first images, or nothing where it says something else the next time. */
    private static String answers(Network victim, NDArray images) {
        String said = asked(victim, images);
        return said.equals(asked(victim, images)) ? said : "";
    }

    /** The classes of the first images, and the logits of the first one to two digits, which rounding hardly changes. */
    private static String asked(Network victim, NDArray images) {
        var text = new StringBuilder();
        try (NDArray first = images.get("0:" + Math.min(PART, images.getShape().get(0)))) {
            Predictions said = Predictions.of(victim, first);
            text.append(Arrays.toString(said.classes()));
            for (float logit : said.logits()[0]) {
                text.append(String.format(Locale.ROOT, " %.1e", logit));
            }
        }
        return text.toString();
    }

    /** A number for each image, from its pixels and its label alone. */
    static long[] keys(NDArray images, NDArray labels) {
        long[] keys = Tape.read(labels::toLongArray);
        int count = keys.length;
        var parts = new BatchBounds(count, PART);
        for (int from = 0; from < count; from = parts.end(from)) {
            int to = parts.end(from);
            try (NDArray part = images.get(from + ":" + to)) {
                float[] pixels = Tape.read(part::toFloatArray);
                int each = pixels.length / (to - from);
                for (int i = 0; i < pixels.length; i++) {
                    int row = from + i / each;
                    keys[row] = keys[row] * 0x9E3779B97F4A7C15L + Float.floatToIntBits(pixels[i]);
                }
            }
        }
        return keys;
    }
}
