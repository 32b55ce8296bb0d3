package ardent.data;

import ardent.provenance.Arguments;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * 60,000 small photographs in 10 classes, 3×32×32 (Krizhevsky, "Learning multiple layers of features from tiny
 * images", 2009).
 *
 * @param train 50,000 images, or those of the training batches that are there
 * @param test 10,000 images
 */
public record Cifar10(Images train, Images test) implements Corpus {
    private static final Cifar FILES = new Cifar(
            "CIFAR-10",
            URI.create("https://www.cs.toronto.edu/~kriz/"),
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
            1,
            50_000,
            10_000,
            new Published(
                    "cifar-10-binary.tar.gz",
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                    "",
                    170_052_171),
            "cifar-10-batches-bin",
            List.of(
                    Cifar.part("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
                    Cifar.part("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
                    Cifar.part("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
                    Cifar.part("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
                    Cifar.part("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
                    Cifar.part("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b")));

    /** Nothing is null. */
    public Cifar10 {
        Arguments.given("train, test", train, test);
    }

    /**
     * Loads the files in {@code datasets/cifar-10}, found from the working directory upwards or in the folder named by the
     * system property or environment variable {@code ARDENT_DATASETS}.
     *
     * @return the images, byte for byte the official ones; training batches may be missing, as in {@link #load(Path)}
     * @throws DataException if the folder or a file is missing, damaged or not the official content
     */
    public static Cifar10 load() {
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
     * Loads the binary version: {@code data_batch_1.bin} to {@code data_batch_5.bin} (or some of them) and
     * {@code test_batch.bin}, each gzipped or plain, from a folder or its sub-folder {@code cifar-10-batches-bin}, else
     * the official archive {@code cifar-10-binary.tar.gz} in the folder or at the path itself.
     *
     * @param place folder, or the archive
     * @return the images; their origin names the training batches if some are missing
     * @throws DataException if a file is missing, damaged or of another format or size
     */
    public static Cifar10 load(Path place) {
        Arguments.given("place", place);
        Cifar.Halves halves = FILES.load(place);
        return new Cifar10(halves.train(), halves.test());
    }

    /**
     * Downloads the official archive into the folder from which {@link #load()} loads, from the author's site, 170 MB.
     *
     * @throws DataException if the archive cannot be fetched whole
     */
    public static void download() {
        download(FILES.home());
    }

    /**
     * Downloads the official archive into a folder from the author's site, 170 MB.
     *
     * @param folder folder to fill, made if need be
     * @throws DataException if the archive cannot be fetched whole
     */
    public static void download(Path folder) {
        download(folder, FILES.site(), Download.SILENT);
    }

    /**
     * Downloads the official archive into a folder.
     *
     * @param folder folder to fill, made if need be
     * @param base address of the folder that holds the archive
     * @param progress told how far the archive is
     * @throws DataException if the archive cannot be fetched whole
     */
    public static void download(Path folder, URI base, Download.Progress progress) {
        Download.fetch(base, FILES.files(), folder, progress);
    }
}
