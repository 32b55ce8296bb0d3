package ardent.anomaly;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The student of reverse distillation (Deng and Li, CVPR 2022): from the maps of a frozen teacher's first stages down to
 * one small embedding, and from there back up to the same maps, the last stage first. Where a decoded map points
 * in another direction than the teacher's, the image is anomalous.
 */
public final class ReverseStudent implements Detector, Described, AutoCloseable {
    private final Classifier teacher;
    private final int stages;
    private final Layers layers;
    private final ReverseDecoder body;
    private final Record origin;

    /**
     * Where an untrained student comes from.
     *
     * @param teacher its teacher
     * @param stages how many of the teacher's stages it decodes
     * @param seed where its weights were drawn from
     */
    public record Fresh(Classifier teacher, int stages, long seed) {
        /** Nothing is null. */
        public Fresh {
            Arguments.given("teacher", teacher);
        }
    }

    /**
     * A student with fresh weights.
     *
     * @param teacher the teacher, which must stay open
     * @param stages how many of its first stages are decoded, at least 1
     * @param seed where the weights are drawn from
     * @throws IllegalArgumentException in one sentence, if the teacher has fewer stages
     */
    public ReverseStudent(Classifier teacher, int stages, long seed) {
        this.teacher = teacher;
        this.stages = stages;
        origin = new Fresh(teacher, stages, seed);
        List<Shape> shapes = shapes(teacher, stages);
        layers = new Layers(seed);
        body = layers.filled(() -> Tape.quiet(() -> new ReverseDecoder(layers, shapes)));
    }

    /** Shapes (c, h, w) of a teacher's first stages; refuses more than it has, and none. */
    static List<Shape> shapes(Classifier teacher, int stages) {
        List<Shape> shapes = shapes(teacher);
        if (stages < 1 || stages > shapes.size()) {
            throw new IllegalArgumentException("The teacher has " + shapes.size() + " stages, of which the first 1 to "
                    + shapes.size() + " can be decoded, not " + stages + ".");
        }
        return shapes.subList(0, stages);
    }

    private ReverseStudent(ReverseStudent same, Record origin) {
        teacher = same.teacher;
        stages = same.stages;
        layers = same.layers;
        body = same.body;
        this.origin = origin;
    }

    /**
     * Shapes (c, h, w) of a network's stages.
     *
     * @param network the network
     * @return one for each stage
     */
    static List<Shape> shapes(Classifier network) {
        Arguments.given("teacher", network);
        var shapes = new ArrayList<Shape>();
        Tape.free(() -> {
            NDArray image = Torch.manager().zeros(new Shape(1).addAll(network.image()));
            network.stages(image).forEach(map -> shapes.add(map.getShape().slice(1)));
        });
        return shapes;
    }

    /**
     * The teacher's maps.
     *
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @return the maps of the decoded stages
     */
    List<NDArray> taught(NDArray images) {
        return teacher.stages(images).subList(0, stages);
    }

    /**
     * The decoded maps.
     *
     * @param taught the teacher's maps
     * @param training true where batch normalisation uses and updates batch statistics
     * @return one array for each stage, shaped like the teacher's
     */
    List<NDArray> decoded(List<NDArray> taught, boolean training) {
        layers.requireOpen(name());
        return body.decoded(taught, training);
    }

    /**
     * 1 − cos of the angle between the teacher's and the decoded features of a pixel, each stage spread over the image,
     * added and blurred; the score of an image is the largest value.
     *
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @return {@code [N]} in [0, 2·stages]
     */
    @Override
    public NDArray strangeness(NDArray images) {
        return Tape.quiet(() -> Tape.scope(
                () -> anomalies(images).reshape(images.getShape().get(0), -1).max(new int[] {1})));
    }

    /**
     * Where images are anomalous.
     *
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @return the anomaly map, {@code [N, H, W]} in [0, 2·stages]
     */
    public NDArray anomalies(NDArray images) {
        return Tape.quiet(() -> Tape.scope(() -> {
            List<NDArray> taught = taught(images);
            List<NDArray> decoded = decoded(taught, false);
            return IntStream.range(0, stages)
                    .mapToObj(k -> MapUpscaling.over(gap(taught.get(k), decoded.get(k)), teacher.image()))
                    .reduce(NDArray::add)
                    .orElseThrow();
        }));
    }

    /**
     * 1 − cos of the angle between vectors along axis 1; the cosine with a vector of length 0 is 0.
     *
     * @param a {@code [N, D, …]}
     * @param b as {@code a}
     * @return {@code [N, …]} in [0, 2]
     */
    static NDArray gap(NDArray a, NDArray b) {
        NDArray lengths =
                a.mul(a).sum(new int[] {1}).mul(b.mul(b).sum(new int[] {1})).maximum(constant(1e-16));
        return constant(1).sub(a.mul(b).sum(new int[] {1}).div(lengths.sqrt()));
    }

    /**
     * The weights of bottleneck and decoder; the teacher's are not among them.
     *
     * @return the layers
     */
    Layers layers() {
        return layers;
    }

    /**
     * The same student, sharing its weights, with another origin.
     *
     * @param origin how the weights came about
     * @return the student; close only one of the two
     */
    ReverseStudent as(Record origin) {
        return new ReverseStudent(this, origin);
    }

    @Override
    public String name() {
        return "RD4AD of " + teacher.name();
    }

    @Override
    public Record origin() {
        return origin;
    }

    @Override
    public void close() {
        layers.close();
    }
}
