package ardent;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A recorded case of the field's own code: tensors by name, and its description. */
public final class Golden implements AutoCloseable {
    private static final Map<String, Set<String>> READ = new ConcurrentHashMap<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Golden::keep));
    }

    private final NDManager manager = Torch.manager().newSubManager();
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();
    private final JsonObject description;
    private final Set<String> read;

    public Golden(String name) {
        read = READ.computeIfAbsent(name, none -> ConcurrentHashMap.newKeySet());
        try (InputStream npz = resource(name, "tensors.npz");
                InputStream json = resource(name, "case.json")) {
            description = parsed(json);
            try (NDList list = NDList.decode(manager, npz)) {
                for (NDArray array : list) {
                    tensors.put(array.getName(), array.duplicate());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject parsed(InputStream json) {
        return JsonParser.parseReader(new InputStreamReader(json, StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    /** The names of the cases that match a pattern. */
    public static Stream<String> cases(String pattern) {
        var folder = new File(Objects.requireNonNull(Golden.class.getResource("/golden"), "golden")
                .getPath());
        List<String> cases = Stream.of(Objects.requireNonNull(folder.listFiles(File::isDirectory)))
                .map(File::getName)
                .filter(name -> name.matches(pattern))
                .sorted()
                .toList();
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("No recorded case is named like " + pattern + ".");
        }
        return cases.stream();
    }

    /** What this program has read, for {@link #read()}: a line for each tensor, figure and opened case. */
    private static void keep() {
        String folder = System.getProperty("golden.read");
        if (folder != null && !READ.isEmpty()) {
            var lines = new TreeSet<String>();
            READ.forEach((name, read) -> {
                lines.add(name);
                read.forEach(what -> lines.add(name + "\t" + what));
            });
            try {
                Files.createDirectories(Path.of(folder));
                Files.write(Path.of(folder, "" + ProcessHandle.current().pid()), lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What all programs of this build have read, by case. */
    public static Map<String, Set<String>> read() {
        var read = new TreeMap<String, Set<String>>();
        Path folder = Path.of(System.getProperty("golden.read", "none"));
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            for (Path file : files.toList()) {
                for (String line : Files.readAllLines(file)) {
                    String[] parts = line.split("\t", 2);
                    read.computeIfAbsent(parts[0], none -> new TreeSet<>()).add(parts[parts.length - 1]);
                }
            }
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tensors and figures of a case. */
    public static SortedSet<String> recorded(String name) {
        try (InputStream json = resource(name, "case.json")) {
            JsonObject description = parsed(json);
            var recorded = new TreeSet<>(description.getAsJsonObject("tensors").keySet());
            description.getAsJsonObject("figures").keySet().forEach(figure -> recorded.add("figures " + figure));
            return recorded;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name, String file) {
        return Objects.requireNonNull(Golden.class.getResourceAsStream("/golden/" + name + "/" + file), name);
    }

    public NDArray get(String name) {
        read.add(name);
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
                read.add(name);
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

    /** The first whole number before a word in a parameter that is a text, such as "100 iterations, 1 restart". */
    public int count(String parameter, String word) {
        String text = description.getAsJsonObject("parameters").get(parameter).getAsString();
        Matcher matcher = Pattern.compile("(\\d+) " + word).matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException("There is no number of " + word + " in \"" + text + "\".");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** A parameter that is a text. */
    public String text(String parameter) {
        return description.getAsJsonObject("parameters").get(parameter).getAsString();
    }

    /** Whether there is a figure of this name. */
    public boolean hasFigure(String name) {
        return description.getAsJsonObject("figures").has(name);
    }

    /** A figure of the case, or a part of one. */
    public JsonElement figure(String... path) {
        read.add("figures " + path[0]);
        JsonElement at = description.getAsJsonObject("figures");
        for (String name : path) {
            at = Objects.requireNonNull(at.getAsJsonObject().get(name), name);
        }
        return at;
    }

    /** A figure that is a number, written as {"decimal": …}, as a text or plainly. */
    public double measured(String... path) {
        JsonElement figure = figure(path);
        return figure.isJsonObject() ? figure.getAsJsonObject().get("decimal").getAsDouble() : figure.getAsDouble();
    }

    /** The names of the tensors. */
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /** The names of the parameters. */
    public Set<String> parameters() {
        return description.getAsJsonObject("parameters").keySet();
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
