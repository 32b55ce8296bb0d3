package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ardent.network.file.FileSignature;
import ardent.network.file.TorchFile;
import ardent.network.file.ZipArchive;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Sha256;
import ardent.tensor.Noise;
import ardent.tensor.ScriptModule;
import ardent.tensor.Tape;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A TorchScript program as a network, for teachers of any architecture: traced or scripted in Python, with gradients for
 * images and none for weights.
 *
 * <p>Unlike a weight file, a program runs, inside the engine and with the rights of this process: open only what you trust.
 * It has logits but no features; methods that compare features take a {@link Classifier}.
 */
public final class TorchScript implements Network, Described, AutoCloseable {
    private static final int BATCH = 3;
    private static final float TOLERANCE = 1e-3f;

    private final ScriptModule script;
    private final Shape image;
    private final Program origin;

    /**
     * Where a program comes from.
     *
     * @param file name of the file, without its folder
     * @param sha256 hash of the file
     * @param classes number of classes
     */
    public record Program(String file, String sha256, int classes) {
        /** Nothing is null. */
        public Program {
            Arguments.given("file, sha256", file, sha256);
        }
    }

    private TorchScript(ScriptModule script, Shape image, Program origin) {
        this.script = script;
        this.image = image;
        this.origin = origin;
    }

    /**
     * Opens a program in evaluation mode and tries it on three random images.
     *
     * @param file what {@code torch.jit.save} wrote
     * @param image shape of one image, (C, H, W)
     * @param classes number of classes K
     * @return the network, which holds memory until it is closed
     * @throws IllegalArgumentException in one sentence, if the shape is not that of an image, the file is not a program, or does not answer batches of any size
     *     with {@code [N, K]} logits, or an image's logits depend on chance or on the rest of its batch, as they do after
     *     tracing in training mode, or images get no gradient
     */
    public static TorchScript load(Path file, Shape image, int classes) {
        Arguments.given("file, image", file, image);
        LayerSizes.requireImage(image);
        try {
            requireProgram(file);
            var origin = new Program(String.valueOf(file.getFileName()), Sha256.of(file), classes);
            var network = new TorchScript(ScriptModule.load(file), image, origin);
            try {
                Tape.free(network::tryOut);
            } catch (RuntimeException | Error e) {
                network.close();
                throw e;
            }
            return network;
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The TorchScript file " + file + " cannot be a teacher: " + FileSignature.why(e) + ".", e);
        }
    }

    private static void requireProgram(Path file) throws IOException {
        byte[] start = FileSignature.require(file);
        boolean program = false;
        if (start[0] != 'P') {
            Weights.requireKnown(start, file);
        } else {
            try (var archive = new ZipArchive(file)) {
                program = TorchFile.isProgram(archive);
            }
        }
        if (!program) {
            throw new IllegalArgumentException(
                    "it is no program; if it holds weights, use Classifier.load(file, architecture, image, classes)");
        }
    }

    private void tryOut() {
        NDArray images = Noise.of(0).uniform(0, 1, new Shape(BATCH, image.get(0), image.get(1), image.get(2)));
        NDArray logits = answer(images);
        if (!Float.isFinite(logits.abs().max().getFloat())) {
            throw new IllegalArgumentException(
                    "its logits are NaN or infinite, as after a training that diverged; save an earlier state of it");
        }
        NDArray alone = answer(images.get("0:1"));
        NDArray first = logits.get("0:1");
        // Twice for the same images, before a batch of another size: chance and memory show apart.
        if (gap(answer(images), logits) > TOLERANCE) {
            throw new IllegalArgumentException("it gives the same images other logits each time; call model.eval()"
                    + " before tracing, and let nothing in it draw at random");
        }
        if (gap(alone, first) > TOLERANCE) {
            throw new IllegalArgumentException("it gives an image other logits in another batch, as after tracing in"
                    + " training mode; call model.eval() before torch.jit.trace");
        }
        try {
            Tape.gradient(images, this::answer);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "it gives images no gradient; leave detach and torch.no_grad out of its forward pass", e);
        }
    }

    /** The largest difference, in the scale of the larger logits. */
    private static float gap(NDArray one, NDArray two) {
        float difference = one.sub(two).abs().max().getFloat();
        float gap = difference / Math.max(1e-6f, two.abs().max().getFloat());
        return Float.isNaN(gap) ? Float.POSITIVE_INFINITY : gap;
    }

    private NDArray answer(NDArray images) {
        NDArray logits = script.apply(images);
        Shape wanted = new Shape(images.getShape().get(0), origin.classes());
        if (!logits.getShape().equals(wanted)) {
            throw new IllegalArgumentException(
                    "it returned shape " + logits.getShape() + " instead of " + wanted + " for images of shape "
                            + images.getShape() + "; trace it with a batch of images, and fix no size");
        }
        return logits;
    }

    @Override
    public NDArray logits(NDArray images) {
        LayerSizes.requireImages("network", name(), images, image);
        Passes.count(images);
        return Classifier.recorded(() -> new NDList(answer(images))).head();
    }

    @Override
    public Program origin() {
        return origin;
    }

    @Override
    public String name() {
        return origin.file();
    }

    @Override
    public String toString() {
        return origin.file() + ": TorchScript program, " + origin.classes() + " classes";
    }

    @Override
    public void close() {
        script.close();
    }
}
