package ardent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A recorded case of the field's own code: tensors by name, and its description. */
public final class Golden implements AutoCloseable {
    private final NDManager manager = Torch.manager().newSubManager();
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();
    private final JsonObject description;

    public Golden(String name) {
        try (InputStream npz = resource(name, "tensors.npz");
                InputStream json = resource(name, "case.json")) {
            description = JsonParser.parseReader(new InputStreamReader(json, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            try (NDList list = NDList.decode(manager, npz)) {
                for (NDArray array : list) {
                    tensors.put(array.getName(), array.duplicate());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name, String file) {
        return Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/" + name + "/" + file), name);
    }

    public NDArray get(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    /** Adds tensors of another case, which must stay open. */
    public Golden with(Golden other, String... names) {
        for (String name : names) {
            tensors.put(name, other.get(name));
        }
        return this;
    }

    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    public float[] floats(String name) {
        return get(name).toType(DataType.FLOAT32, false).toFloatArray();
    }

    public float scalar(String name) {
        return floats(name)[0];
    }

    public Map<String, NDArray> weights() {
        var weights = new LinkedHashMap<String, NDArray>();
        tensors.forEach((name, array) -> {
            if (name.startsWith("weight.")) {
                weights.put(name.substring("weight.".length()), array);
            }
        });
        return weights;
    }

    /** A float32 parameter of the case, written as {"float32": …} or as a plain number. */
    public float number(String... path) {
        var at = description.getAsJsonObject("parameters");
        for (int i = 0; i < path.length - 1; i++) {
            at = at.getAsJsonObject(path[i]);
        }
        var last = at.get(path[path.length - 1]);
        return last.isJsonObject() ? last.getAsJsonObject().get("float32").getAsFloat() : last.getAsFloat();
    }

    public JsonObject description() {
        return description;
    }

    public Shape shape(String name) {
        return get(name).getShape();
    }

    @Override
    public void close() {
        manager.close();
    }
}
