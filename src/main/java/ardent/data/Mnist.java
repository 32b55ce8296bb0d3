package ardent.data;

import ardent.provenance.Arguments;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * 70,000 handwritten digits, 1×28×28 (LeCun, Cortes and Burges, "The MNIST database of handwritten digits").
 *
 * @param train 60,000 images
 * @param test 10,000 images
 */
public record Mnist(Images train, Images test) implements Corpus {
    /** The names of the classes by label. */
    public static final List<String> CLASSES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static final Idx FILES = new Idx(
            "MNIST",
            URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
            CLASSES,
            28,
            60_000,
            10_000,
            List.of(
                    new Published(
                            "train-images-idx3-ubyte.gz",
                            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                            9_912_422),
                    new Published(
                            "train-labels-idx1-ubyte.gz",
                            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                            28_881),
                    new Published(
                            "t10k-images-idx3-ubyte.gz",
                            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                            1_648_877),
                    new Published(
                            "t10k-labels-idx1-ubyte.gz",
                            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
                            4_542)));

    /** Nothing is null. */
    public Mnist {
        Arguments.given("train, test", train, test);
    }

    /**
     * Loads the files that come with Ardent from {@code datasets/mnist}, found from the working directory upwards or in
     * the folder named by the system property or environment variable {@code ARDENT_DATASETS}.
     *
     * @return the images, byte for byte the official ones
     * @throws DataException if the folder or a file is missing, damaged or not the official content
     */
    public static Mnist load() {
        Path folder = DataFolder.of(
                FILES.folder(),
                "Mnist.download() brings the data, or name the project's datasets folder in " + DataFolder.DATASETS);
        return FILES.official(folder, load(folder));
    }

    /**
     * Loads the four IDX files, gzipped or plain, from a folder; {@link Origin} tells whether they are the official ones.
     *
     * @param folder folder that holds the files
     * @return the images
     * @throws DataException if a file is missing, damaged or of another format or size
     */
    public static Mnist load(Path folder) {
        Arguments.given("folder", folder);
        return new Mnist(FILES.train(folder), FILES.test(folder));
    }

    /**
     * Downloads the official files into the folder from which {@link #load()} loads, from a public mirror, 11.6 MB.
     *
     * @throws DataException if a file cannot be fetched whole
     */
    public static void download() {
        download(FILES.home());
    }

    /**
     * Downloads the official files into a folder from a public mirror, 11.6 MB.
     *
     * @param folder folder to fill, made if need be
     * @throws DataException if a file cannot be fetched whole
     */
    public static void download(Path folder) {
        download(folder, FILES.site(), Download.SILENT);
    }

    /**
     * Downloads the official files into a folder.
     *
     * @param folder folder to fill, made if need be
     * @param base address of the folder that holds the files
     * @param progress told how far each file is
     * @throws DataException if a file cannot be fetched whole
     */
    public static void download(Path folder, URI base, Download.Progress progress) {
        Download.fetch(base, FILES.files(), folder, progress);
    }
}
