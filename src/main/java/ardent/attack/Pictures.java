package ardent.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ardent.network.Weights;
import ardent.provenance.Folder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Adversarial images on disk as 32-bit floats, since bytes round perturbations away, with labels and an account of how
 * they were made.
 *
 * @param images {@code [N, C, H, W]} in [0, 1]
 * @param labels {@code [N]} int64
 * @param about texts by key: attack, network, seed
 */
public record Pictures(NDArray images, NDArray labels, Map<String, String> about) {
    /** Keeps the texts as they are now. */
    public Pictures {
        about = Map.copyOf(about);
    }

    /**
     * Writes a safetensors file, whole or not at all.
     *
     * @param file where to
     */
    public void save(Path file) {
        try (NDArray numbers = labels.toType(DataType.FLOAT32, true)) {
            var arrays = new LinkedHashMap<String, NDArray>();
            arrays.put("images", images);
            arrays.put("labels", numbers);
            Path place = file.toAbsolutePath();
            Folder.write(
                    Objects.requireNonNull(place.getParent()),
                    Map.of(String.valueOf(place.getFileName()), Weights.encode(arrays, about)));
        }
    }

    /**
     * Reads a file that {@link #save} wrote.
     *
     * @param file the file
     * @param manager who will own the arrays
     * @return the pictures
     * @throws IllegalArgumentException in one sentence, if the file is missing, damaged or holds something else
     */
    public static Pictures load(Path file, NDManager manager) {
        var content = Weights.read(file, manager);
        NDArray images = content.arrays().get("images");
        NDArray labels = content.arrays().get("labels");
        if (images == null || labels == null) {
            throw new IllegalArgumentException("The file " + file + " holds no pictures, but "
                    + content.arrays().keySet() + ".");
        }
        return new Pictures(images, labels.toType(DataType.INT64, true), content.metadata());
    }
}
