package ardent.data;

import ardent.provenance.Arguments;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * 60,000 small photographs in 100 (fine) classes, 3×32×32 (Krizhevsky, "Learning multiple layers of features from tiny
 * images", 2009).
 *
 * @param train 50,000 images
 * @param test 10,000 images
 */
public record Cifar100(Images train, Images test) implements Corpus {
    private static final String CLASSES = """
            apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
            caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
            flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man
            maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck
            pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk
            skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television
            tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
            """;
    private static final Cifar FILES = new Cifar(
            "CIFAR-100",
            URI.create("https://www.cs.toronto.edu/~kriz/"),
            List.of(CLASSES.strip().split("\\s+")),
            2,
            50_000,
            10_000,
            new Published(
                    "cifar-100-binary.tar.gz",
                    "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
                    "",
                    168_513_733),
            "cifar-100-binary",
            List.of(
                    Cifar.part("train.bin", "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29"),
                    Cifar.part("test.bin", "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a")));

    /** Nothing is null. */
    public Cifar100 {
        Arguments.given("train, test", train, test);
    }

    /**
     * Loads the files in {@code datasets/cifar-100}, found from the working directory upwards or in the folder named by the
     * system property or environment variable {@code ARDENT_DATASETS}.
     *
     * @return the images, byte for byte the official ones
     * @throws DataException if the folder or a file is missing, damaged or not the official content
     */
    public static Cifar100 load() {
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
     * Loads the binary version: {@code train.bin} and {@code test.bin}, each gzipped or plain, from a folder or its
     * sub-folder {@code cifar-100-binary}, else the official archive {@code cifar-100-binary.tar.gz} in the folder or at
     * the path itself.
     *
     * @param place folder, or the archive
     * @return the images, with their fine labels
     * @throws DataException if a file is missing, damaged or of another format or size
     */
    public static Cifar100 load(Path place) {
        Arguments.given("place", place);
        Cifar.Halves halves = FILES.load(place);
        return new Cifar100(halves.train(), halves.test());
    }

    /**
     * Downloads the official archive into the folder from which {@link #load()} loads, from the author's site, 169 MB.
     *
     * @throws DataException if the archive cannot be fetched whole
     */
    public static void download() {
        download(FILES.home());
    }

    /**
     * Downloads the official archive into a folder from the author's site, 169 MB.
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
