package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ardent.network.Architecture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint's weights under the names of a network.
 *
 * <p>Prefixes that wrappers put before a name are removed ({@code module.} of DataParallel, {@code model.} beside a
 * normalisation, the number in a Sequential, …) as soon as the rest is a name that the network knows; counters of batches are left out, and
 * so is what the architecture has no use for.
 */
public final class NameMapping {
    private static final List<String> PREFIXES = List.of(
            "module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "student.", "teacher.", "0.", "1.");
    private static final Set<String> COUNTERS = Set.of("num_batches_tracked", "total_ops", "total_params");

    private final Architecture architecture;
    private final Map<String, NDArray> expected;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, NDArray> weights = new LinkedHashMap<>();
    private final Map<String, String> befores = new LinkedHashMap<>();
    private final List<String> unused = new ArrayList<>();

    public NameMapping(Architecture architecture, Map<String, NDArray> expected) {
        this.architecture = architecture;
        this.expected = expected;
    }

    /** Whether a name is of what a robustness library keeps twice: its attacker holds the network once more. */
    public static boolean isCopy(String name) {
        return name.matches("(.*\\.)?attacker\\..+");
    }

    /** Takes one array of the checkpoint. */
    public void take(String name, NDArray array) {
        String own = own(name);
        boolean real = array.getDataType().isFloating();
        boolean unknown = !expected.containsKey(own);
        // What is not real and has no place here, such as a count of steps, is no weight.
        if (own.isEmpty() || isCounter(name) || (unknown && !real)) {
            unused.add(name);
            return;
        }
        if (!real) {
            throw unread(name, array.getDataType().toString().toLowerCase(Locale.ROOT));
        }
        String other = sources.put(own, name);
        if (other != null) {
            throw new IllegalArgumentException(
                    "both " + PickleNames.shortened(other) + " and " + PickleNames.shortened(name)
                            + " could be " + own + "; choose one by the prefix before it, as in "
                            + WeightFit.advice(before(before(name).isEmpty() ? other : name)));
        }
        boolean plain = array.getDataType() == DataType.FLOAT32;
        weights.put(own, plain ? array : array.toType(DataType.FLOAT32, false));
    }

    /** Leaves out what nothing here needs. */
    public void leave(List<String> names) {
        unused.addAll(names);
    }

    /** Leaves out what the checkpoint has in a type that is not read; refuses where it is needed. */
    public void leave(String name, String type) {
        if (expected.containsKey(own(name))) {
            throw unread(name, type);
        }
        unused.add(name);
    }

    private static boolean isCounter(String name) {
        return COUNTERS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private static IllegalArgumentException unread(String name, String type) {
        return new IllegalArgumentException("its " + PickleNames.shortened(name) + " is of the type "
                + PickleNames.shortened(type)
                + ", and weights are taken as float32, float16, bfloat16 or float64 alone;"
                + " convert it in Python, with its scale if it is quantised, and save it again");
    }

    /** The prefix before the name that is known here, without its dot. */
    private String before(String name) {
        String prefix = befores.getOrDefault(name, "");
        return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    }

    /** The name here, an empty text for one that is not used, or the whole name where it is not known. */
    private String own(String name) {
        String rest = name;
        while (true) {
            String known = architecture.named(rest);
            if (known.isEmpty() || expected.containsKey(known)) {
                if (rest.length() < name.length()) {
                    befores.put(name, name.substring(0, name.length() - rest.length()));
                }
                return known;
            }
            String wrapped = rest;
            String prefix =
                    PREFIXES.stream().filter(wrapped::startsWith).findFirst().orElse("");
            if (prefix.isEmpty()) {
                return name;
            }
            rest = rest.substring(prefix.length());
        }
    }

    public Map<String, NDArray> weights() {
        return weights;
    }

    /** What was done to the names, in words. */
    public List<String> changes() {
        var changes = new ArrayList<String>();
        if (!befores.isEmpty()) {
            changes.add("without the prefix " + String.join(" or ", new LinkedHashSet<>(befores.values())));
        }
        if (!unused.isEmpty()) {
            changes.add("left out " + WeightFit.some(unused));
        }
        return changes;
    }
}
