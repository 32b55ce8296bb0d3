package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Tape;
import java.util.function.Supplier;

/**
 * A network with weights.
 *
 * <p>Whether batch normalisation uses its own statistics or those of the batch is which method you call, never a state
 * of the network: {@link #logits} and {@link #outputs} evaluate, {@link #learn} trains.
 */
public final class Classifier implements Network, AutoCloseable {
    private final Architecture architecture;
    private final Shape image;
    private final int classes;
    private final Layers layers;
    private final Architecture.Body body;

    private Classifier(Architecture architecture, Shape image, int classes, Layers layers) {
        this.architecture = architecture;
        this.image = image;
        this.classes = classes;
        this.layers = layers;
        this.body = architecture.build(layers, image, classes);
    }

    /**
     * A network with fresh weights.
     *
     * @param architecture its plan
     * @param image shape of one image, (C, H, W)
     * @param classes number of classes, at least 2
     * @param seed where the weights are drawn from
     * @return the network, which holds memory until it is closed
     */
    public static Classifier of(Architecture architecture, Shape image, int classes, long seed) {
        if (image.dimension() != 3) {
            throw new IllegalArgumentException("An image has the shape (channels, height, width), not " + image + ".");
        }
        if (classes < 2) {
            throw new IllegalArgumentException("A classifier tells at least 2 classes apart, not " + classes + ".");
        }
        return Tape.quiet(() -> new Classifier(architecture, image, classes, new Layers(seed)));
    }

    @Override
    public NDArray logits(NDArray images) {
        return Tape.scope(() -> run(images, false).logits());
    }

    /**
     * Features and logits in evaluation mode.
     *
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @return features and logits
     */
    public Outputs outputs(NDArray images) {
        return run(images, false);
    }

    /**
     * Features and logits in training mode: batch normalisation uses and updates the statistics of this batch.
     *
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @return features and logits
     */
    public Outputs learn(NDArray images) {
        return run(images, true);
    }

    private Outputs run(NDArray images, boolean training) {
        Shape given = images.getShape();
        if (given.dimension() != 4 || !given.slice(1).equals(image)) {
            throw new IllegalArgumentException(
                    "The network takes images of shape (N, " + dimensions(image) + "), not " + given + ".");
        }
        Supplier<NDList> forward = () -> Tape.scopeAll(() -> {
            Outputs outputs = body.apply(images, training);
            return new NDList(outputs.features(), outputs.logits());
        });
        NDList outputs = Tape.isOpen() ? forward.get() : Tape.quiet(forward);
        return new Outputs(outputs.get(0), outputs.get(1));
    }

    private static String dimensions(Shape shape) {
        return shape.toString().replaceAll("[()]", "");
    }

    /**
     * The plan of this network.
     *
     * @return the architecture
     */
    public Architecture architecture() {
        return architecture;
    }

    /**
     * Shape of one image.
     *
     * @return (C, H, W)
     */
    public Shape image() {
        return image;
    }

    /**
     * Number of classes.
     *
     * @return K
     */
    public int classes() {
        return classes;
    }

    /**
     * The weights; only training and loading should change them.
     *
     * @return the layers of this network
     */
    public Layers layers() {
        return layers;
    }

    /**
     * Number of trained weights.
     *
     * @return the sum of their sizes
     */
    public long size() {
        return layers.learnable().values().stream().mapToLong(NDArray::size).sum();
    }

    /**
     * Turns the tracking of weights off or on.
     *
     * @param frozen true to turn it off
     */
    public void freeze(boolean frozen) {
        layers.freeze(frozen);
    }

    /**
     * A network of the same architecture with copies of these weights.
     *
     * @return the copy, which holds memory of its own
     */
    public Classifier copy() {
        Classifier copy = of(architecture, image, classes, 0);
        copy.layers.set(layers.all());
        return copy;
    }

    @Override
    public void close() {
        layers.close();
    }

    @Override
    public String toString() {
        return String.format("%s, %,d weights, images %s, %d classes", architecture, size(), image, classes);
    }
}
