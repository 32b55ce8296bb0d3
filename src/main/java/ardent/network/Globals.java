package ardent.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The few names that a pickle of weights may mention, and the plain values that stand for what Python would build.
 *
 * <p>No name leads to code of Python, and none to anything that is chosen by the file: what a file wants beyond these
 * is refused by name.
 */
final class Globals {
    /** Stands for a value that weights do not need, such as the settings of a run. */
    static final Object INERT = new Object();

    private static final int MOST_DIMENSIONS = 64;

    /**
     * A name that is known.
     *
     * @param kind what numbers a storage of this name holds; null where the name is no storage
     * @param call from the arguments to the value that stands for the result
     */
    record Global(@Nullable Kind kind, Function<List<?>, Object> call) {}

    /**
     * Numbers of a file under a key.
     *
     * @param kind what they are
     * @param key where they are found
     * @param offset where this view of them begins, in numbers
     * @param size how many they are
     */
    record Storage(Kind kind, String key, long offset, long size) {}

    /**
     * A tensor in a file.
     *
     * @param storage what it looks at
     * @param offset where it begins, in numbers
     * @param shape its shape
     * @param strides how far apart neighbours along each dimension lie, in numbers
     */
    record Tensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

    private static final Global PLAIN = new Global(null, arguments -> INERT);
    private static final Global TENSOR = new Global(null, Globals::tensor);
    private static final List<String> INERT_NAMES = inert();
    private static final Map<String, Global> KNOWN = known();

    private Globals() {}

    private static Map<String, Global> known() {
        var known = new HashMap<String, Global>();
        var storages = new LinkedHashMap<String, Kind>();
        storages.put("Double", Kind.F64);
        storages.put("Float", Kind.F32);
        storages.put("Half", Kind.F16);
        storages.put("BFloat16", Kind.BF16);
        storages.put("Long", Kind.I64);
        storages.put("Int", Kind.I32);
        storages.put("Short", Kind.I16);
        storages.put("Char", Kind.I8);
        storages.put("Byte", Kind.U8);
        storages.put("Bool", Kind.BOOL);
        storages.forEach((name, kind) -> known.put("torch." + name + "Storage", new Global(kind, arguments -> {
            throw new IllegalArgumentException("it keeps numbers outside of tensors");
        })));
        known.put("torch._utils._rebuild_tensor", TENSOR);
        known.put("torch._utils._rebuild_tensor_v2", TENSOR);
        var parameter = new Global(null, arguments -> as(Tensor.class, arguments, 0));
        known.put("torch._utils._rebuild_parameter", parameter);
        known.put("torch._utils._rebuild_parameter_with_state", parameter);
        known.put("torch._tensor._rebuild_from_type_v2", new Global(null, Globals::withAttributes));
        known.put("torch.Size", new Global(null, arguments -> as(List.class, arguments, 0)));
        var dictionary = new Global(null, Globals::dictionary);
        known.put("collections.OrderedDict", dictionary);
        known.put("collections.defaultdict", new Global(null, arguments -> new LinkedHashMap<>()));
        for (String name : INERT_NAMES) {
            known.put(name, PLAIN);
        }
        return Map.copyOf(known);
    }

    private static List<String> inert() {
        var names = new ArrayList<>(List.of(
                "argparse.Namespace",
                "collections.Counter",
                "numpy.dtype",
                "numpy.core.multiarray.scalar",
                "numpy._core.multiarray.scalar",
                "_codecs.encode",
                "pathlib.PosixPath",
                "pathlib.WindowsPath",
                "torch.device",
                "torch.Tensor",
                "torch.nn.parameter.Parameter",
                "torch.serialization._get_layout"));
        for (String type : List.of("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8")) {
            names.add("torch." + type);
        }
        names.add("torch.uint8");
        names.add("torch.bool");
        for (String module : List.of("builtins.", "__builtin__.")) {
            for (String type : List.of(
                    "bool",
                    "int",
                    "long",
                    "float",
                    "complex",
                    "str",
                    "unicode",
                    "bytes",
                    "bytearray",
                    "list",
                    "tuple",
                    "set",
                    "frozenset",
                    "dict",
                    "range",
                    "xrange",
                    "slice",
                    "object")) {
                names.add(module + type);
            }
        }
        return names;
    }

    /** What a name stands for; refuses every name that is not known. */
    static Global find(String module, String name) {
        Global global = KNOWN.get(module + "." + name);
        if (global == null) {
            throw new IllegalArgumentException("it asks to run " + shortened(module + "." + name)
                    + ", and Ardent never runs code from a weight file; if you trust its author, load it in Python and"
                    + " save the weights alone with torch.save(model.state_dict(), file)");
        }
        return global;
    }

    /** A text of the file for a message: short and without signs that do not print. */
    static String shortened(String text) {
        String visible = text.replaceAll("[^\\p{Print}]", "?");
        return visible.length() <= 80 ? visible : visible.substring(0, 79) + "…";
    }

    /** One argument, which must be of a type. */
    static <T> T as(Class<T> type, List<?> arguments, int index) {
        if (index >= arguments.size() || !type.isInstance(arguments.get(index))) {
            throw new IllegalArgumentException("its pickle misuses a name of PyTorch");
        }
        return type.cast(arguments.get(index));
    }

    /** A whole number from 0 on. */
    static long count(List<?> arguments, int index) {
        long number = as(Long.class, arguments, index);
        if (number < 0) {
            throw new IllegalArgumentException("a tensor has the size or place " + number);
        }
        return number;
    }

    private static Tensor tensor(List<?> arguments) {
        List<Long> shape = counts(as(List.class, arguments, 2));
        List<Long> strides = counts(as(List.class, arguments, 3));
        if (shape.size() != strides.size()) {
            throw new IllegalArgumentException(
                    "a tensor has " + shape.size() + " dimensions and " + strides.size() + " strides");
        }
        return new Tensor(as(Storage.class, arguments, 0), count(arguments, 1), shape, strides);
    }

    private static List<Long> counts(List<?> numbers) {
        if (numbers.size() > MOST_DIMENSIONS) {
            throw new IllegalArgumentException("a tensor has " + numbers.size() + " dimensions");
        }
        var counts = new ArrayList<Long>();
        for (int i = 0; i < numbers.size(); i++) {
            counts.add(count(numbers, i));
        }
        return List.copyOf(counts);
    }

    /** A tensor that had attributes of its own: they are left out. */
    private static Object withAttributes(List<?> arguments) {
        if (!as(Global.class, arguments, 0).equals(TENSOR)) {
            throw new IllegalArgumentException("its pickle misuses a name of PyTorch");
        }
        return tensor(as(List.class, arguments, 2));
    }

    private static Object dictionary(List<?> arguments) {
        var map = new LinkedHashMap<Object, Object>();
        if (!arguments.isEmpty()) {
            for (Object pair : as(List.class, arguments, 0)) {
                if (!(pair instanceof List<?> two) || two.size() != 2) {
                    throw new IllegalArgumentException("its pickle misuses a name of PyTorch");
                }
                map.put(Unpickler.key(two.get(0)), two.get(1));
            }
        }
        return map;
    }
}
