package ardent.method;

import ardent.data.DataException;
import ardent.data.DataFolder;
import ardent.network.Classifier;
import ardent.provenance.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Robust teachers that come with Ardent: so far one, {@link #mnist}, for MNIST and L∞ balls up to ε = 0.2.
 *
 * <p>Each is a file in {@code datasets/teachers}, with its whole origin inside; the README there says how it was made and what
 * it reaches.
 */
public final class Teachers {
    private static final String FOLDER = "teachers";
    private static final String MNIST = "mnist-linf-0.2.safetensors";
    private static final String MNIST_SHA256 = "cc227d09e87dcd75db3d9f7ca4b3f13c44aa18477bbb81df488370dd76da91de";

    private Teachers() {}

    /**
     * A {@code SmallCnn(32)} for MNIST and L∞ 0.2, trained by TRADES on all 60,000 training digits; found from the working directory
     * upwards or in the folder named by the system property or environment variable {@code ARDENT_DATASETS}, as {@link
     * ardent.data.Mnist#load()} finds its files.
     *
     * @return the teacher; the caller closes it
     * @throws DataException in one sentence, if the file is missing or not the one that came with this version
     */
    public static Classifier mnist() {
        return load(DataFolder.of(FOLDER, "name the project's datasets folder in " + DataFolder.DATASETS));
    }

    /** The teacher in a folder. */
    static Classifier load(Path folder) {
        Path file = folder.resolve(MNIST);
        if (!Files.isRegularFile(file)) {
            throw new DataException("The teacher " + file + " is missing: restore it from Ardent's repository.");
        }
        if (!Sha256.of(file).equals(MNIST_SHA256)) {
            throw new DataException(
                    file + " is not the teacher that came with this version: restore it from Ardent's repository.");
        }
        return Classifier.load(file);
    }
}
