package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ardent.network.file.FileSignature;
import ardent.network.file.PickleNames;
import ardent.network.file.WeightFit;
import ardent.network.file.WeightSeal;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import ardent.tensor.Bfloat16;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A network with weights.
 *
 * <p>Whether batch normalisation uses its own statistics or those of the batch is which method you call, never a state
 * of the network: {@link #logits} and {@link #outputs} evaluate, {@link #learn} trains.
 */
public final class Classifier implements Network, Described, AutoCloseable {
    private final Architecture architecture;
    private final Shape image;
    private final int classes;
    private final Layers layers;
    private final Architecture.Body body;
    private final String name;
    private final Record origin;
    private final @Nullable Path folder;
    private final List<String> classNames;

    /**
     * Where an untrained network comes from.
     *
     * @param architecture its plan
     * @param seed where its weights were drawn from
     */
    public record Fresh(Architecture architecture, long seed) {
        /** Nothing is null. */
        public Fresh {
            Arguments.given("architecture", architecture);
        }
    }

    /**
     * Where a network whose weights came from elsewhere comes from.
     *
     * @param architecture its plan, with the normalisation that the file brought
     * @param file name of the file, without its folder
     * @param sha256 hash of the file
     * @param format what kind of file it was
     * @param part the key in the file that led to the weights, or nothing
     * @param changes what was done to the names, in words
     */
    public record Imported(
            Architecture architecture, String file, String sha256, String format, String part, List<String> changes) {
        /** Copies the list. */
        public Imported {
            Arguments.given("architecture, file, sha256, format, part", architecture, file, sha256, format, part);
            changes = Arguments.all("changes", changes);
        }
    }

    /**
     * Where a folded copy comes from.
     *
     * @param network where the network comes from that was folded
     */
    public record Folded(Record network) {
        /** Nothing is null. */
        public Folded {
            Arguments.given("network", network);
        }
    }

    /**
     * The origin of a network together with the hash of its present weights, where the origin does not tell these: others than those of
     * a saved file may have been set since.
     *
     * @param network where it says that it comes from
     * @param weights SHA-256 of its weights
     */
    public record Hashed(Record network, String weights) {
        /** Nothing is null. */
        public Hashed {
            Arguments.given("network, weights", network, weights);
        }
    }

    private Classifier(
            Architecture architecture, Shape image, int classes, long seed, @Nullable Map<String, Shape> only) {
        this.architecture = architecture;
        this.image = image;
        this.classes = classes;
        layers = new Layers(seed, only, isOurs(architecture));
        body = layers.filled(() -> {
            try {
                Architecture.@Nullable Body built = architecture.build(layers, image, classes);
                if (built == null) {
                    throw new IllegalArgumentException(
                            architecture.label() + " builds null: return the network, such as chain.body().");
                }
                return built;
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        architecture + " for images of shape " + image + " and " + classes
                                + " classes has sizes that are too large; take a smaller width, image or number of"
                                + " classes.",
                        e);
            }
        });
        name = architecture.label();
        origin = new Fresh(architecture, seed);
        folder = null;
        classNames = List.of();
    }

    /** Whether no layer of it is anybody else's code, which may ask an array for its type. */
    private static boolean isOurs(Architecture architecture) {
        return architecture instanceof Normalised normalised
                ? isOurs(normalised.network())
                : architecture.getClass().getPackage() == Classifier.class.getPackage();
    }

    private Classifier(Classifier same, String name, Record origin, @Nullable Path folder, List<String> classNames) {
        architecture = same.architecture;
        image = same.image;
        classes = same.classes;
        layers = same.layers;
        body = same.body;
        this.name = name;
        this.origin = origin;
        this.folder = folder;
        this.classNames = classNames;
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
        return of(architecture, image, classes, seed, null);
    }

    private static Classifier of(
            Architecture architecture, Shape image, int classes, long seed, @Nullable Map<String, Shape> only) {
        Arguments.given("architecture, image", architecture, image);
        LayerSizes.requireImage(image);
        if (classes < 2) {
            throw new IllegalArgumentException("A classifier needs at least 2 classes, not " + classes + ".");
        }
        return Tape.quiet(() -> new Classifier(architecture, image, classes, seed, only));
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

    /**
     * The maps after each stage in evaluation mode, from the first, largest ones to the last.
     *
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @return one array {@code [N, c, h, w]} for each stage
     * @throws UnsupportedOperationException in one sentence, if the architecture does not give them
     */
    public List<NDArray> stages(NDArray images) {
        begin(images);
        return recorded(() ->
                new NDList(body.stages(images).stream().map(Bfloat16::back).toList()));
    }

    private Outputs run(NDArray images, boolean training) {
        begin(images);
        NDList outputs = recorded(() -> {
            Outputs both = body.apply(images, training);
            return new NDList(Bfloat16.back(both.features()), Bfloat16.back(both.logits()));
        });
        return new Outputs(outputs.get(0), outputs.get(1));
    }

    private void begin(NDArray images) {
        layers.requireOpen(name);
        LayerSizes.requireImages("network", name, images, image);
        Passes.count(images);
    }

    /** Frees what lies between; recorded only where a tape of the kit is open. */
    static NDList recorded(Supplier<NDList> forward) {
        return Tape.isOpen() ? Tape.scopeAll(forward) : Tape.quiet(() -> Tape.scopeAll(forward));
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
     * The names of the classes that this network was trained on.
     *
     * @return a name for each class by its label; empty if nobody told
     */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * The same network, sharing its weights, which tells the names of its classes, as a trained one does by itself:
     * {@code Classifier.load(file, architecture, shape, 10).named(train.classes())}.
     *
     * @param classes a name for each class by its label
     * @return the network; close only one of the two
     * @throws IllegalArgumentException in one sentence, if there is not one name for each class, or two are equal
     */
    public Classifier named(List<String> classes) {
        List<String> names = Arguments.all("classes", classes);
        if (names.size() != this.classes || names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException(
                    "The class names %s do not fit the %d classes of %s: give each a name of its own."
                            .formatted(names, this.classes, name));
        }
        return new Classifier(this, name, origin, folder, names);
    }

    /**
     * Requires that data number their classes as this network does, as far as both know a class by the same name.
     *
     * @param data what messages call the data
     * @param names names of their classes by label
     * @throws IllegalArgumentException in one sentence, if a class has another number
     */
    public void requireOrder(String data, List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            int own = classNames.indexOf(names.get(i));
            if (own >= 0 && own != i) {
                String advice = classNames.containsAll(names)
                        ? "number them alike, images.relabelled(network.classNames())."
                        : "it does not know all of these classes; if only their names differ, take its own,"
                                + " images.named(network.classNames()).";
                throw new IllegalArgumentException("Class %d of %s is \"%s\", which %s knows as class %d: %s"
                        .formatted(i, data, names.get(i), name, own, advice));
            }
        }
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
     * Which weights and statistics are NaN or infinite.
     *
     * @return the first array that has such values, and how many arrays do; empty if all are finite
     */
    public String notFinite() {
        return layers.notFinite();
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
        copy.layers.filled(() -> {
            copy.layers.set(layers.all());
            return copy;
        });
        return new Classifier(copy, name, origin, folder, classNames);
    }

    /**
     * The same network, sharing its weights, under another name and with another origin.
     *
     * @param name short name for tables
     * @param origin how the weights came about
     * @return the network; close only one of the two
     */
    public Classifier as(String name, Record origin) {
        return new Classifier(this, name, origin, folder, classNames);
    }

    /**
     * Tries out one black image, which shows whether the layers fit each other, the images and the classes.
     *
     * @throws IllegalArgumentException in one sentence, if they do not
     */
    public void requireFit() {
        Tape.free(this::tryOut);
    }

    private void tryOut() {
        String what = architecture.label() + " cannot take images of " + image + ": ";
        Outputs outputs;
        try {
            outputs = body.apply(Torch.manager().zeros(new Shape(1).addAll(image)), false);
        } catch (RuntimeException e) {
            String reason = e instanceof IllegalArgumentException
                    ? e.getMessage()
                    : "its layers do not fit together ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + ")";
            throw new IllegalArgumentException(what + reason + ".", e);
        }
        Shape logits = outputs.logits().getShape();
        if (!logits.equals(new Shape(1, classes))) {
            throw new IllegalArgumentException(
                    what + "its logits of one image have the shape " + logits + ", not (1, " + classes + ").");
        }
    }

    /**
     * The same network, sharing its weights, which is kept in a folder. That is no part of its origin: a file says nothing of
     * the machine it was written on.
     *
     * @param folder the folder of its run
     * @return the network; close only one of the two
     */
    public Classifier in(Path folder) {
        return new Classifier(this, name, origin, folder.toAbsolutePath(), classNames);
    }

    /**
     * Where this network is kept.
     *
     * @return the folder of the run that trained it, or of the file that it was loaded from; empty if there is neither
     */
    public Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    /**
     * Measures the running statistics of batch normalisation anew, as PyTorch's {@code update_bn} does: each becomes the
     * mean over the batches of what it is in one batch. Averaged weights need it, since the statistics of an average are
     * not the average of statistics. Weights stay as they are.
     *
     * @param batches number of batches, at least 1
     * @param images gives batch i, counted from 0, {@code [N, C, H, W]} with more than one image; closed afterwards
     */
    public void calibrate(int batches, IntFunction<NDArray> images) {
        double pace = layers.pace();
        try {
            for (int i = 0; i < batches; i++) {
                int number = i;
                layers.pace(1.0 / (i + 1));
                Tape.free(() -> learn(images.apply(number)));
            }
        } finally {
            layers.pace(pace);
        }
    }

    /**
     * A copy for evaluation in which batch normalisation right after a convolution is folded into it: the same logits up
     * to rounding in less time. It cannot be trained.
     *
     * @return the copy, which holds memory of its own
     */
    public Classifier folded() {
        Classifier copy = copy();
        copy.freeze(true);
        Tape.free(copy.layers::fold);
        return copy.as(name, new Folded(origin));
    }

    /**
     * Does some work, for example the search of an adversarial image, while this thread evaluates a network with its batch
     * normalisation folded as by {@link #folded()} and, where it takes gradients on the processor, computes strided convolutions
     * of few channels, such as the first one of {@link SmallCnn}, on pixels moved to channels: the same logits up to rounding in
     * less time; how much they are rounded the {@link Precision} says that this thread works in. Ask the network again afterwards
     * what it says of what was found. The weights must not move meanwhile.
     *
     * @param <T> what the work returns
     * @param network any network; work on one that is no classifier is done as it is
     * @param work what to do
     * @return its result
     */
    public static <T> T folding(Network network, Supplier<T> work) {
        return network instanceof Classifier classifier ? classifier.layers.folding(work) : work.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Record origin() {
        return origin;
    }

    /**
     * Describes a network by the hash of its weights where these count, as in attacks that hold networks: {@link
     * Description#of(Object, Function)} takes it.
     *
     * @param described a network, or something else
     * @return its origin if that tells the weights that it has, as a training does, or if it is no classifier; else {@link Hashed}
     * @throws IllegalStateException in one sentence, if it is closed
     */
    public static Record hashed(Described described) {
        if (!(described instanceof Classifier network)) {
            return described.origin();
        }
        network.layers.requireOpen(network.name);
        String weights = Weights.sha256(network.layers.all());
        boolean told =
                Description.of(network).at("weights").filter(weights::equals).isPresent();
        return told ? network.origin : new Hashed(network.origin, weights);
    }

    /**
     * Saves weights, architecture, name and origin in one safetensors file, whole or not at all, with a format version and a
     * hash over all of it, by which {@link #load(Path)} knows a damaged file.
     *
     * @param file where to, ending in {@code .safetensors}
     * @throws IllegalArgumentException in one sentence, if it is a folder
     * @throws UncheckedIOException with a sentence, if the folder cannot be written
     */
    public void save(Path file) {
        Weights.save(file, this::write);
    }

    /**
     * Writes what {@link #save} saves.
     *
     * @param out where to; it stays open
     * @throws IOException if it cannot be written
     */
    public void write(OutputStream out) throws IOException {
        write(out, layers.all());
    }

    /**
     * Writes what {@link #save} saves, but with other weights.
     *
     * @param out where to; it stays open
     * @param weights all weights and buffers by name
     * @throws IOException if it cannot be written
     */
    public void write(OutputStream out, Map<String, NDArray> weights) throws IOException {
        Weights.write(out, weights, about(weights));
    }

    /**
     * The hash of the file that {@link #save(Path)} writes, for those who are handed it: {@code sha256sum FILE} prints it too.
     *
     * @return SHA-256, 64 hexadecimal digits
     */
    public String sha256() {
        return Sha256.of(this::write);
    }

    private Map<String, String> about(Map<String, NDArray> weights) {
        var about = new LinkedHashMap<String, String>();
        about.put(WeightSeal.NAME, name);
        about.put(WeightSeal.IMAGE, LayerSizes.dimensions(image));
        about.put(WeightSeal.CLASSES, Integer.toString(classes));
        if (!classNames.isEmpty()) {
            about.put(WeightSeal.CLASS_NAMES, new Gson().toJson(classNames));
        }
        about.put(WeightSeal.ARCHITECTURE, Description.of(architecture).json());
        about.put(WeightSeal.ORIGIN, Description.of(origin).json());
        return WeightSeal.on(weights, about);
    }

    /**
     * Writes the weights as PyTorch names them into a safetensors file that needs nothing of this kit to be read:
     * {@code model.load_state_dict(safetensors.torch.load_file(file))}.
     *
     * <p>A {@link Normalised} network is written as RobustBench wraps one: {@code normalize.mean} and
     * {@code normalize.std} of shape (1, C, 1, 1), and the weights behind {@code model.}.
     *
     * @param file where to, ending in {@code .safetensors}
     * @throws IllegalArgumentException in one sentence, if it is a folder
     * @throws UncheckedIOException with a sentence, if the folder cannot be written
     */
    public void export(Path file) {
        ForeignWeights.save(file, this);
    }

    /**
     * Loads a network that {@link #save} wrote.
     *
     * @param file the file
     * @return the network; its origin is the saved description
     * @throws IllegalArgumentException in one sentence, if the file is missing, damaged or of a later format, or is no
     *     network of this kit
     */
    public static Classifier load(Path file) {
        Arguments.given("file", file);
        return read(file, content -> build(content, Classifier::architecture)).in(place(file));
    }

    /**
     * Loads a network of an architecture of one's own that {@link #save} wrote, which {@link #load(Path)} cannot build: image, classes,
     * name and origin are in the file.
     *
     * @param file the file
     * @param architecture the one that it was saved with
     * @return the network; its origin is the saved description
     * @throws IllegalArgumentException as {@link #load(Path)}; also if it was saved with another architecture
     */
    public static Classifier load(Path file, Architecture architecture) {
        Arguments.given("file, architecture", file, architecture);
        return read(file, content -> build(content, saved -> ForeignWeights.own(saved, architecture)))
                .in(place(file));
    }

    /** The folder of a file, also where a link leads to it. */
    private static Path place(Path file) {
        try {
            return Objects.requireNonNull(file.toRealPath().getParent());
        } catch (IOException e) { // gone since it was read
            return Objects.requireNonNull(file.toAbsolutePath().getParent());
        }
    }

    /**
     * How the network in a file came about, without building it: this also works where a later version of the kit no longer
     * has its architecture.
     *
     * @param file the file, written by {@link #save}
     * @return the description of its origin
     * @throws IllegalArgumentException as {@link #load(Path)}
     */
    public static Description origin(Path file) {
        return read(file, content -> Description.parse(text(content, WeightSeal.ORIGIN)));
    }

    private static <T> T read(Path file, Function<WeightContent, T> reading) {
        try (var manager = Torch.manager().newSubManager()) {
            WeightContent content = Weights.read(file, manager);
            try {
                WeightSeal.require(content);
                return reading.apply(content);
            } catch (IllegalArgumentException
                    | IllegalStateException
                    | ArithmeticException
                    | ClassCastException
                    | JsonParseException e) {
                throw new IllegalArgumentException(
                        "The weight file " + file + " cannot be loaded: " + FileSignature.why(e) + ".", e);
            }
        }
    }

    private static String text(WeightContent content, String key) {
        String text = content.metadata().get(key);
        if (text == null) {
            throw new IllegalArgumentException("it does not say its " + key.replace("ardent.", "")
                    + "; give it: Classifier.load(file, architecture, image, classes)");
        }
        return text;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "it is described with the number " + PickleNames.shortened(text) + ", which no network can have",
                    e);
        }
    }

    private static Classifier build(WeightContent content, Function<WeightContent, Architecture> plan) {
        Map<String, String> about = content.metadata();
        if (about.containsKey(WeightSeal.ORIGIN) && !about.containsKey(WeightSeal.ARCHITECTURE)) {
            throw new IllegalArgumentException("it holds " + about.get(WeightSeal.NAME)
                    + ", which is no classifier; a recommender or a ranker comes back by resume(path, data)");
        }
        Architecture architecture = plan.apply(content);
        Description origin = Description.parse(text(content, WeightSeal.ORIGIN));
        long[] image = Stream.of(text(content, WeightSeal.IMAGE).split(", ", -1))
                .mapToLong(Classifier::number)
                .toArray();
        int classes = number(text(content, WeightSeal.CLASSES));
        var shapes = new LinkedHashMap<String, Shape>();
        content.arrays().forEach((name, array) -> shapes.put(name, array.getShape()));
        Classifier network = of(architecture, new Shape(image), classes, 0, shapes);
        network.layers.filled(() -> {
            WeightFit.requireFinite(content.arrays());
            network.layers.set(content.arrays());
            return network;
        });
        return named(network.as(content.metadata().getOrDefault(WeightSeal.NAME, network.name), origin), content);
    }

    private static Architecture architecture(WeightContent content) {
        String told = text(content, WeightSeal.ARCHITECTURE);
        try {
            return (Architecture) Description.parse(told).rebuild();
        } catch (IllegalArgumentException e) {
            if (e.getCause() instanceof ClassNotFoundException) {
                throw e; // the user cannot give an architecture that this version no longer has
            }
            throw new IllegalArgumentException(
                    FileSignature.why(e) + "; give it again: Classifier.load(file, architecture)", e);
        }
    }

    /** With the name and origin that a file of this kit describes, if images and classes are those described. */
    static Classifier described(Classifier network, WeightContent content) {
        Map<String, String> about = content.metadata();
        boolean same = LayerSizes.dimensions(network.image).equals(about.get(WeightSeal.IMAGE))
                && Integer.toString(network.classes).equals(about.get(WeightSeal.CLASSES))
                && about.containsKey(WeightSeal.ORIGIN);
        return same
                ? named(
                        network.as(
                                about.getOrDefault(WeightSeal.NAME, network.name),
                                Description.parse(text(content, WeightSeal.ORIGIN))),
                        content)
                : network;
    }

    /** With the names of classes that a file tells. */
    private static Classifier named(Classifier network, WeightContent content) {
        String names = content.metadata().get(WeightSeal.CLASS_NAMES);
        if (names == null) {
            return network;
        }
        String[] told = new Gson().fromJson(names, String[].class);
        return network.named(Stream.of(told == null ? new String[0] : told)
                .map(String::valueOf)
                .toList());
    }

    /**
     * A network with the weights of a file of PyTorch, safetensors or numpy; the content says which, not the name.
     *
     * <p>Of several networks in one file the likeliest is taken, which is printed and noted in the origin; name another with
     * {@link #load(Path, String, Architecture, Shape, int)}. Weights that are NaN or infinite are refused. Nothing in the
     * file is run. Prefixes of wrappers ({@code module.}, {@code model.}, …) and counters of batches go;
     * a mean and a deviation beside the weights become a {@link Normalised} network.
     *
     * @param file the file
     * @param architecture the plan that the weights belong to
     * @param image shape of one image, (C, H, W)
     * @param classes number of classes
     * @return the network; its origin is {@link Imported}, or where {@link #save} wrote the file, on such images, the saved
     *     description
     * @throws IllegalArgumentException in one sentence, if the file is missing or damaged, asks to run code, or does not
     *     fit; what is missing, unexpected or shaped otherwise is listed
     */
    public static Classifier load(Path file, Architecture architecture, Shape image, int classes) {
        Arguments.given("file, architecture, image", file, architecture, image);
        return load(file, "", architecture, image, classes);
    }

    /**
     * As {@link #load(Path, Architecture, Shape, int)}, from among several networks in one file.
     *
     * @param file the file
     * @param part the key or keys under which the weights lie, for example {@code ema}, {@code run.best} or, in a list,
     *     {@code 1}, or the word before the dot with which their names begin, for example {@code teacher}
     * @param architecture the plan that the weights belong to
     * @param image shape of one image, (C, H, W)
     * @param classes number of classes
     * @return the network
     */
    public static Classifier load(Path file, String part, Architecture architecture, Shape image, int classes) {
        Arguments.given("file, part, architecture, image", file, part, architecture, image);
        return ForeignWeights.load(file, part, architecture, image, classes).in(place(file));
    }

    @Override
    public void close() {
        layers.close();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s: %s, %,d weights", name, architecture, size());
    }
}
