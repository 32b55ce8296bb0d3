package ardent.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.network.Npz;
import ardent.network.WeightContent;
import ardent.network.Weights;
import ardent.provenance.Arguments;
import ardent.provenance.Folder;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Adversarial images on disk as 32-bit floats, since bytes round perturbations away, with labels and an account of how
 * they were made.
 *
 * @param images {@code [N, C, H, W]} in [0, 1]
 * @param labels {@code [N]} int64
 * @param about texts by key: attack, network, seed
 */
public record AdversarialImages(NDArray images, NDArray labels, Map<String, String> about) {
    /** Keeps the texts as they are now. */
    public AdversarialImages {
        Arguments.given("images, labels", images, labels);
        Arguments.all("about", about);
        about = Map.copyOf(about);
    }

    /**
     * Writes a safetensors file, or, if the name ends in {@code .npz}, numpy's, whole or not at all. There the texts are
     * the bytes of a JSON object, {@code about}.
     *
     * @param file where to
     */
    public void save(Path file) {
        var arrays = new LinkedHashMap<String, NDArray>();
        arrays.put("images", images);
        if (numpy(file)) {
            byte[] json = new Gson().toJson(about).getBytes(StandardCharsets.UTF_8);
            try (NDArray texts =
                            images.getManager().create(ByteBuffer.wrap(json), new Shape(json.length), DataType.UINT8);
                    NDArray kept = texts.duplicate()) {
                arrays.put("labels", labels);
                arrays.put("about", kept);
                Npz.write(file, arrays);
            }
            return;
        }
        try (NDArray numbers = labels.toType(DataType.FLOAT32, true)) {
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
     * @return the images
     * @throws IllegalArgumentException in one sentence, if the file is missing, damaged or holds something else
     */
    public static AdversarialImages load(Path file, NDManager manager) {
        Arguments.given("file, manager", file, manager);
        WeightContent content = numpy(file) ? null : Weights.read(file, manager);
        Map<String, NDArray> arrays = content == null ? Npz.read(file, manager) : content.arrays();
        NDArray images = arrays.get("images");
        NDArray labels = arrays.get("labels");
        if (images == null || labels == null) {
            throw new IllegalArgumentException(
                    "The file " + file + " holds no adversarial images, but " + arrays.keySet() + ".");
        }
        return content == null
                ? new AdversarialImages(images, labels, about(arrays.get("about")))
                : new AdversarialImages(images, labels.toType(DataType.INT64, true), content.metadata());
    }

    private static boolean numpy(Path file) {
        return file.toString().endsWith(".npz");
    }

    private static Map<String, String> about(@Nullable NDArray texts) {
        var about = new LinkedHashMap<String, String>();
        if (texts != null) {
            String json = new String(texts.toByteArray(), StandardCharsets.UTF_8);
            new Gson()
                    .fromJson(json, JsonObject.class)
                    .entrySet()
                    .forEach(entry -> about.put(entry.getKey(), entry.getValue().getAsString()));
            texts.close();
        }
        return about;
    }
}
