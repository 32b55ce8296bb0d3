package ardent.network.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The few names that a pickle of weights may mention, and the plain values used in place of what Python would build.
 *
 * <p>No name leads to code of Python, and none to anything that is chosen by the file: what a file wants beyond these
 * is refused by name.
 */
public final class PickleNames {
    /** Stands for a value that weights do not need, such as the settings of a run. */
    static final Object INERT = new Object();

    private static final int MOST_DIMENSIONS = 64;

    /**
     * A name that is known.
     *
     * @param type what numbers it means, in PyTorch's word; empty where it means none
     * @param kind what numbers a storage of this name holds; null where it is no storage or they are not read
     * @param call from the arguments to the value used in place of the result
     */
    record Global(String type, @Nullable NumberType kind, Function<List<?>, Object> call) {}

    /**
     * Numbers of a file under a key.
     *
     * @param type what they are, in PyTorch's word
     * @param kind what they are; null where such numbers are not read
     * @param key where they are found
     * @param offset where this view of them begins, in numbers
     * @param size how many they are
     */
    record Storage(String type, @Nullable NumberType kind, String key, long offset, long size) {}

    /**
     * A tensor of a kind that is not read.
     *
     * @param type what it is, in PyTorch's word
     */
    record Unread(String type) {}

    /**
     * A tensor in a file.
     *
     * @param kind what its numbers are
     * @param storage what it looks at
     * @param offset where it begins, in numbers
     * @param shape its shape
     * @param strides how far apart neighbours along each dimension lie, in numbers
     * @param negated whether the tensor is what lies there with the other sign
     */
    record Tensor(
            NumberType kind, Storage storage, long offset, List<Long> shape, List<Long> strides, boolean negated) {}

    private static final Global PLAIN = new Global("", null, arguments -> INERT);
    private static final Global TENSOR = new Global("", null, arguments -> tensor(arguments, 6));
    private static final Global TYPED = new Global("", null, PickleNames::typed);
    private static final List<String> TYPES = words("""
            float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool uint16 uint32 uint64
            float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2
            complex32 complex64 complex128 qint8 quint8 qint32 quint4x2 quint2x4
            """);

    /** Names of what weights do not need. */
    private static final List<String> INERT_NAMES = words("""
            argparse.Namespace collections.Counter numpy.dtype numpy.core.multiarray.scalar numpy._core.multiarray.scalar
            _codecs.encode pathlib.PosixPath pathlib.WindowsPath
            torch.device torch.Tensor torch.nn.parameter.Parameter torch.serialization._get_layout
            torch.per_tensor_affine torch.per_tensor_symmetric torch.per_channel_affine torch.per_channel_symmetric
            torch.per_channel_affine_float_qparams
            """);

    /** The same of Python itself, in its modules {@code builtins} and {@code __builtin__}. */
    private static final List<String> INERT_BUILTINS = words("""
            bool int long float complex str unicode bytes bytearray list tuple set frozenset dict range xrange slice object
            """);

    private static final Map<String, String> UNREAD_STORAGES = Map.of(
            "torch.ComplexFloatStorage", "complex64",
            "torch.ComplexDoubleStorage", "complex128",
            "torch.QInt8Storage", "qint8",
            "torch.QUInt8Storage", "quint8",
            "torch.QInt32Storage", "qint32",
            "torch.QUInt4x2Storage", "quint4x2",
            "torch.QUInt2x4Storage", "quint2x4",
            "torch.UntypedStorage", "untyped",
            "torch.storage.UntypedStorage", "untyped");

    private static final Map<String, String> UNREAD_TENSORS = Map.of(
            "qtensor", "quantised",
            "sparse_tensor", "sparse",
            "sparse_csr_tensor", "sparse",
            "nested_tensor", "nested",
            "meta_tensor_no_storage", "meta");

    private static final Map<String, Global> KNOWN = known();

    private PickleNames() {}

    private static Map<String, Global> known() {
        var known = new HashMap<String, Global>();
        var storages = new LinkedHashMap<String, NumberType>();
        storages.put("Double", NumberType.F64);
        storages.put("Float", NumberType.F32);
        storages.put("Half", NumberType.F16);
        storages.put("BFloat16", NumberType.BF16);
        storages.put("Long", NumberType.I64);
        storages.put("Int", NumberType.I32);
        storages.put("Short", NumberType.I16);
        storages.put("Char", NumberType.I8);
        storages.put("Byte", NumberType.U8);
        storages.put("Bool", NumberType.BOOL);
        storages.forEach((name, kind) -> known.put("torch." + name + "Storage", storage(kind.name(), kind)));
        UNREAD_STORAGES.forEach((name, type) -> known.put(name, storage(type, null)));
        known.put("torch._utils._rebuild_tensor", TENSOR);
        known.put("torch._utils._rebuild_tensor_v2", TENSOR);
        known.put("torch._utils._rebuild_tensor_v3", TYPED);
        UNREAD_TENSORS.forEach((name, type) -> known.put("torch._utils._rebuild_" + name, unread(type)));
        var parameter = new Global("", null, PickleNames::parameter);
        known.put("torch._utils._rebuild_parameter", parameter);
        known.put("torch._utils._rebuild_parameter_with_state", parameter);
        known.put("torch._tensor._rebuild_from_type_v2", new Global("", null, PickleNames::withAttributes));
        known.put("torch.Size", new Global("", null, arguments -> as(List.class, arguments, 0)));
        known.put("collections.OrderedDict", new Global("", null, PickleNames::dictionary));
        known.put("collections.defaultdict", new Global("", null, arguments -> new LinkedHashMap<>()));
        INERT_NAMES.forEach(name -> known.put(name, PLAIN));
        for (String type : INERT_BUILTINS) {
            known.put("builtins." + type, PLAIN);
            known.put("__builtin__." + type, PLAIN);
        }
        for (String type : TYPES) {
            known.put("torch." + type, new Global(type, null, arguments -> INERT));
        }
        return Map.copyOf(known);
    }

    private static Global storage(String type, @Nullable NumberType kind) {
        return new Global(type, kind, arguments -> {
            throw new IllegalArgumentException("it keeps numbers outside of tensors");
        });
    }

    private static Global unread(String type) {
        return new Global("", null, arguments -> new Unread(type));
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
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
    public static String shortened(String text) {
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

    /** A tensor of the type of its storage, with further attributes at a place of the arguments. */
    private static Object tensor(List<?> arguments, int about) {
        Storage storage = as(Storage.class, arguments, 0);
        List<Long> shape = counts(as(List.class, arguments, 2));
        List<Long> strides = counts(as(List.class, arguments, 3));
        if (shape.size() != strides.size()) {
            throw new IllegalArgumentException(
                    "a tensor has " + shape.size() + " dimensions and " + strides.size() + " strides");
        }
        long offset = count(arguments, 1);
        boolean negated = false;
        if (arguments.size() > about) {
            for (var given : as(Map.class, arguments, about).entrySet()) {
                Map.Entry<?, ?> entry = (Map.Entry<?, ?>) given;
                negated |= entry.getKey().equals("neg") && Boolean.TRUE.equals(entry.getValue());
                if (!entry.getKey().equals("neg") && !Boolean.FALSE.equals(entry.getValue())) {
                    return new Unread(entry.getKey().equals("conj") ? "conjugated" : "unknown");
                }
            }
        }
        if (storage.kind() == null || (negated && !storage.kind().isSigned())) {
            return new Unread((negated ? "negated " : "") + storage.type());
        }
        return new Tensor(storage.kind(), storage, offset, shape, strides, negated);
    }

    /** A tensor with a type of its own, as PyTorch writes types without a storage. */
    private static Object typed(List<?> arguments) {
        String type = as(Global.class, arguments, 6).type();
        as(Storage.class, arguments, 0);
        return new Unread(type);
    }

    private static Object parameter(List<?> arguments) {
        boolean unread = !arguments.isEmpty() && arguments.get(0) instanceof Unread;
        return unread ? as(Unread.class, arguments, 0) : as(Tensor.class, arguments, 0);
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
        Global rebuild = as(Global.class, arguments, 0);
        List<?> parts = as(List.class, arguments, 2);
        if (!rebuild.equals(TENSOR) && !rebuild.equals(TYPED)) {
            throw new IllegalArgumentException("its pickle misuses a name of PyTorch");
        }
        return rebuild.call().apply(parts);
    }

    private static Object dictionary(List<?> arguments) {
        var map = new LinkedHashMap<Object, Object>();
        if (!arguments.isEmpty()) {
            for (Object pair : as(List.class, arguments, 0)) {
                if (!(pair instanceof List<?> two) || two.size() != 2) {
                    throw new IllegalArgumentException("its pickle misuses a name of PyTorch");
                }
                map.put(PickleReader.key(two.get(0)), two.get(1));
            }
        }
        return map;
    }
}
