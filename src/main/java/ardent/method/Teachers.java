package ardent.method;

import ardent.data.DataException;
import ardent.data.DataFolder;
import ardent.data.FashionMnist;
import ardent.data.Mnist;
import ardent.network.Classifier;
import ardent.provenance.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Robust teachers that come with Ardent: {@link #mnist} for MNIST and L∞ balls up to ε = 0.2, and {@link #fashionMnist} for
 * Fashion-MNIST and L∞ balls up to ε = 0.1.
 *
 * <p>Each is a file in {@code datasets/teachers}, with its whole origin inside; the README there says how it was made and what
 * it reaches.
 */
public final class Teachers {
    private static final String FOLDER = "teachers";
    static final Shipped MNIST = new Shipped(
            "mnist-linf-0.2.safetensors",
            "cc227d09e87dcd75db3d9f7ca4b3f13c44aa18477bbb81df488370dd76da91de",
            Mnist.CLASSES);
    static final Shipped FASHION_MNIST = new Shipped(
            "fashion-mnist-linf-0.1.safetensors",
            "aa292a4837c1ce8bd3efc4d236cef5c91bc9682e4eb011d79e0a15c54114af79",
            FashionMnist.CLASSES);

    /** A file in {@code datasets/teachers}, which holds no class names yet. */
    record Shipped(String file, String sha256, List<String> classes) {}

    private Teachers() {}

    /**
     * A {@code SmallCnn(32)} for MNIST and L∞ 0.2, trained by TRADES on the 60,000 training digits, 500 of them held out; found from
     * the working directory upwards or in the folder named by the system property or environment variable {@code
     * ARDENT_DATASETS}, as {@link ardent.data.Mnist#load()} finds its files.
     *
     * @return the teacher; the caller closes it
     * @throws DataException in one sentence, if the file is missing or not the one that came with this version
     */
    public static Classifier mnist() {
        return load(MNIST);
    }

    /**
     * A {@code SmallCnn(32)} for Fashion-MNIST and L∞ 0.1, trained by TRADES on the 60,000 training images, 500 of them held out; found as
     * {@link #mnist} is. The images themselves do not come with Ardent: {@link ardent.data.FashionMnist#load()}.
     *
     * @return the teacher; the caller closes it
     * @throws DataException in one sentence, if the file is missing or not the one that came with this version
     */
    public static Classifier fashionMnist() {
        return load(FASHION_MNIST);
    }

    private static Classifier load(Shipped teacher) {
        return load(DataFolder.of(FOLDER, "name the project's datasets folder in " + DataFolder.DATASETS), teacher);
    }

    /** A teacher in a folder. */
    static Classifier load(Path folder, Shipped teacher) {
        Path file = folder.resolve(teacher.file());
        if (!Files.isRegularFile(file)) {
            throw new DataException("The teacher " + file + " is missing: restore it from Ardent's repository.");
        }
        if (!Sha256.of(file).equals(teacher.sha256())) {
            throw new DataException(
                    file + " is not the teacher that came with this version: restore it from Ardent's repository.");
        }
        return Classifier.load(file).named(teacher.classes());
    }
}
