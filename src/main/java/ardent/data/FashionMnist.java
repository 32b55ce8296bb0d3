package ardent.data;

import ardent.provenance.Arguments;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * 70,000 pictures of clothes, 1×28×28, in the format of MNIST (Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image
 * dataset for benchmarking machine learning algorithms", 2017).
 *
 * @param train 60,000 images
 * @param test 10,000 images
 */
public record FashionMnist(Images train, Images test) implements Corpus {
    /** The names of the classes by label. */
    public static final List<String> CLASSES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private static final Idx FILES = new Idx(
            "Fashion-MNIST",
            URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            CLASSES,
            28,
            60_000,
            10_000,
            List.of(
                    new Published(
                            "train-images-idx3-ubyte.gz",
                            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                            26_421_880),
                    new Published(
                            "train-labels-idx1-ubyte.gz",
                            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                            29_515),
                    new Published(
                            "t10k-images-idx3-ubyte.gz",
                            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                            4_422_102),
                    new Published(
                            "t10k-labels-idx1-ubyte.gz",
                            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                            5_148)));

    /** Nothing is null. */
    public FashionMnist {
        Arguments.given("train, test", train, test);
    }

    /**
     * Loads the files in {@code datasets/fashion-mnist}, found from the working directory upwards or in the folder named by the
     * system property or environment variable {@code ARDENT_DATASETS}.
     *
     * @return the images, byte for byte the official ones
     * @throws DataException if the folder or a file is missing, damaged or not the official content
     */
    public static FashionMnist load() {
        Path place = FILES.place();
        return FILES.official(place, load(place));
    }

    /**
     * Whether there is a folder from which {@link #load()} would load.
     *
     * @return false if the data must be downloaded first
     */
    public static boolean isThere() {
        return FILES.isThere();
    }

    /**
     * Loads the four IDX files, gzipped or plain, from a folder; {@link Origin} tells whether they are the official ones.
     *
     * @param folder folder that holds the files
     * @return the images
     * @throws DataException if a file is missing, damaged or of another format or size
     */
    public static FashionMnist load(Path folder) {
        Arguments.given("folder", folder);
        return new FashionMnist(FILES.train(folder), FILES.test(folder));
    }

    /**
     * Downloads the official files into the folder from which {@link #load()} loads, from the authors' site, 31 MB.
     *
     * @throws DataException if a file cannot be fetched whole
     */
    public static void download() {
        download(FILES.home());
    }

    /**
     * Downloads the official files into a folder from the authors' site, 31 MB.
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
