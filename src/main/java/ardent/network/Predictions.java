package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.PlainName;
import ardent.tensor.Tape;
import java.io.Serial;
import java.util.Arrays;

/**
 * The predictions of a network for a batch, checked before they are counted; every verb, attack and validation uses
 * this class.
 *
 * <p>Logits are {@code [N, K]} with K of at least 2, 32-bit floats and finite. Others are refused in one sentence, not
 * converted: the largest of NaNs is class 0, one output for two classes is always the largest, and what the engine
 * converts to another type has lost its gradient.
 */
public final class Predictions {
    private static final String LACKING =
            ": take a network for these classes or, if the images lack some that it knows,"
                    + " number them as the training images, images.relabelled(train.classes()), or"
                    + " images.named(train.classes()) where labels are numbers without names.";

    private final String name;
    private final float[][] logits;
    private final long[] index;

    /** An answer that is not finite. */
    public static final class NotFinite extends IllegalArgumentException {
        @Serial
        private static final long serialVersionUID = 1;

        /**
         * Nothing to count.
         *
         * @param message one sentence
         */
        public NotFinite(String message) {
            super(message);
        }
    }

    private Predictions(String name, float[][] logits, long[] index) {
        this.name = name;
        this.logits = logits;
        this.index = index;
    }

    /**
     * Logits to compute with, differentiable where the images are tracked; their shape and type are checked, their
     * values are not.
     *
     * @param network the network
     * @param images {@code [N, C, H, W]}
     * @return {@code [N, K]}
     * @throws IllegalArgumentException in one sentence, if they are no logits or carry no gradient that is asked for
     */
    public static NDArray logits(Network network, NDArray images) {
        NDArray logits = network.logits(images);
        check(name(network), logits, images.getShape().get(0), 0);
        if (Tape.isOpen() && !(network instanceof Classifier) && !Tape.tracks(logits)) {
            throw new Tape.Detached(title(name(network)) + " answers with logits that carry");
        }
        return logits;
    }

    /**
     * Refuses images of another shape than a network takes; a function of one's own takes any.
     *
     * @param what what messages call it, such as {@code teacher}
     * @param network the network
     * @param images {@code [N, C, H, W]}
     * @throws IllegalArgumentException in one sentence, if their shape is another one
     */
    public static void requireImages(String what, Network network, NDArray images) {
        if (network instanceof Classifier known) {
            LayerSizes.requireImages(what, known.name(), images, known.image());
        }
    }

    /**
     * Runs a network once on a batch.
     *
     * @param network the network
     * @param images {@code [N, C, H, W]}
     * @param index numbers of the images, for messages; none for 0, 1, …
     * @return its answers
     * @throws IllegalArgumentException in one sentence, if they are no logits or not finite
     */
    public static Predictions of(Network network, NDArray images, long... index) {
        Arguments.given("network", network);
        return of(name(network), network, 0, images, index);
    }

    /**
     * Runs a network once on a batch of data with known classes, in float32 whatever the {@link Precision} of a search around it.
     *
     * @param name what messages call the network
     * @param network the network
     * @param classes how many classes the data have; 0 where that is not known
     * @param images {@code [N, C, H, W]}
     * @param index numbers of the images, for messages; none for 0, 1, …
     * @return its answers
     * @throws IllegalArgumentException in one sentence, if they are no logits, not one for each class or not finite
     */
    public static Predictions of(String name, Network network, int classes, NDArray images, long... index) {
        Arguments.given("name, network, images, index", name, network, images, index);
        Predictions[] read = new Predictions[1];
        Tape.free(() -> {
            NDArray logits = Precision.FLOAT32.during(() -> network.logits(images));
            read[0] = read(name, logits, images.getShape().get(0), classes, index);
        });
        return read[0];
    }

    /**
     * Checks logits that are already computed.
     *
     * @param name what messages call the network
     * @param logits {@code [N, K]}
     * @param count how many images there were
     * @param classes how many classes the data have; 0 where that is not known
     * @param index numbers of the images, for messages; none for 0, 1, …
     * @return the answers
     * @throws IllegalArgumentException in one sentence, if they are no logits, not one for each class or not finite
     */
    public static Predictions read(String name, NDArray logits, long count, int classes, long... index) {
        Arguments.given("name, logits, index", name, logits, index);
        check(name, logits, count, classes);
        float[] flat = Tape.read(logits::toFloatArray);
        int each = Math.toIntExact(logits.getShape().get(1));
        var rows = new float[Math.toIntExact(count)][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * each, (i + 1) * each);
            for (float logit : rows[i]) {
                if (!Float.isFinite(logit)) {
                    throw new NotFinite(title(name) + " answers image " + (index.length == 0 ? i : index[i])
                            + " with a logit that is not finite: its weights are damaged or its training diverged.");
                }
            }
        }
        return new Predictions(name, rows, index.clone());
    }

    private static void check(String name, NDArray logits, long count, int classes) {
        Shape shape = logits.getShape();
        String start = title(name) + " answers " + count + " images with ";
        boolean matrix = shape.dimension() == 2 && shape.get(0) == count;
        if (classes > 0 && !(matrix && shape.get(1) == classes)) {
            throw new IllegalArgumentException(start + "logits of shape " + shape + ", but the data have "
                    + (classes == 1 ? "1 class" : classes + " classes")
                    + (matrix && shape.get(1) > classes ? LACKING : ": take a network for these classes."));
        }
        if (!matrix || shape.get(1) < 2) {
            throw new IllegalArgumentException(start + "logits of shape " + shape + " instead of (" + count
                    + ", K) with one logit for each of at least 2 classes: give a network with one output z two logits,"
                    + " 0 and z, and reshape others.");
        }
        if (logits.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(start + "logits of type " + logits.getDataType()
                    + " instead of float32: compute in float32 from the images to the logits.");
        }
    }

    /**
     * What messages call a network.
     *
     * @param network any network
     * @return the name that it gives itself, that of the variable it was defined as, or {@code network}
     */
    public static String name(Network network) {
        return network instanceof Described described
                ? described.name()
                : PlainName.variable(network).orElse("network");
    }

    private static String title(String name) {
        return name.equals("network") ? "The network" : "The network " + name;
    }

    /**
     * The logits in ordinary memory.
     *
     * @return one row for each image
     */
    public float[][] logits() {
        return Arrays.stream(logits).map(float[]::clone).toArray(float[][]::new);
    }

    /**
     * How many classes there are.
     *
     * @return K, at least 2
     */
    public int count() {
        return logits[0].length;
    }

    /**
     * The class with the largest logit, of equal ones the first.
     *
     * @return one for each image
     */
    public int[] classes() {
        return Arrays.stream(logits).mapToInt(Predictions::best).toArray();
    }

    private static int best(float... logits) {
        int best = 0;
        for (int k = 1; k < logits.length; k++) {
            if (logits[k] > logits[best]) {
                best = k;
            }
        }
        return best;
    }

    /**
     * Which images are right.
     *
     * @param labels {@code [N]} int64
     * @return one flag for each image
     * @throws IllegalArgumentException in one sentence, if there is no logit for a label
     */
    public boolean[] right(NDArray labels) {
        long[] truth = Tape.read(labels::toLongArray);
        var right = new boolean[logits.length];
        for (int i = 0; i < right.length; i++) {
            if (truth[i] < 0 || truth[i] >= logits[i].length) {
                throw new IllegalArgumentException("Image " + (index.length == 0 ? i : index[i]) + " has the label "
                        + truth[i] + ", but " + title(name).replaceFirst("T", "t") + " answers with "
                        + logits[i].length + " logits.");
            }
            right[i] = best(logits[i]) == truth[i];
        }
        return right;
    }
}
