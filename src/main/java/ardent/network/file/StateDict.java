package ardent.network.file;

import ardent.network.file.PickleNames.Tensor;
import ardent.network.file.PickleNames.Unread;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The weights among what a training script saved.
 *
 * @param part the keys that lead to them, joined by dots; empty where the file holds nothing else
 * @param tensors tensors by name
 * @param unread tensors of types that are not read, by name, with the type
 * @param others where other weights lie in the file, if the caller did not say which are meant
 */
public record StateDict(String part, Map<String, Tensor> tensors, Map<String, String> unread, List<String> others) {
    /** Under which keys scripts keep weights, the likeliest first. */
    private static final List<String> USUAL = List.of(
            "state_dict",
            "model_state_dict",
            "model",
            "net",
            "network",
            "weights",
            "params",
            "student",
            "teacher",
            "last",
            "ema");

    private static final int MOST_NAMED = 100;

    /**
     * Finds the weights.
     *
     * @param root what the file holds
     * @param part the key or keys to look under, or the beginning of their names; empty for the usual keys
     */
    static StateDict in(Object root, String part) {
        NestedEntries whole = NestedEntries.of(root);
        StateDict found = part.isEmpty() ? new Search().in(whole) : named(whole, part);
        if (found == null && whole.keys().isEmpty()) {
            throw new IllegalArgumentException("it holds no dictionary of weights");
        }
        if (found == null) {
            throw new IllegalArgumentException("it holds no weights"
                    + (part.isEmpty() ? "" : " under " + PickleNames.shortened(part)) + "; its keys are "
                    + WeightFit.some(whole.keys()));
        }
        return part.isEmpty() ? found.beside(whole) : found;
    }

    /** The same, with where else in the file a network lies. */
    private StateDict beside(NestedEntries whole) {
        List<String> elsewhere = whole.all().stream()
                .filter(branch -> isNetwork(branch) && !branch.part().equals(part))
                .limit(MOST_NAMED)
                .map(NestedEntries::part)
                .toList();
        return new StateDict(part, tensors, unread, elsewhere);
    }

    private static @Nullable StateDict named(NestedEntries whole, String part) {
        NestedEntries exact = whole.at(part);
        Set<NestedEntries> ends = new LinkedHashSet<>();
        for (NestedEntries branch : exact == null ? whole.all() : List.<NestedEntries>of()) {
            NestedEntries end = branch.at(part);
            if (end != null) {
                ends.add(end);
            }
        }
        if (ends.size() > 1) {
            throw several(
                    ends.stream().limit(MOST_NAMED).map(NestedEntries::part).toList());
        }
        if (exact != null || !ends.isEmpty()) {
            return new Search().in(exact != null ? exact : ends.iterator().next());
        }
        return whole.all().stream()
                .map(branch -> of(branch).beginning(part))
                .filter(some -> !some.tensors().isEmpty())
                .findFirst()
                .orElse(null);
    }

    /** Those whose names begin so, without that beginning. */
    private StateDict beginning(String prefix) {
        return new StateDict(prefix, beginning(tensors, prefix), beginning(unread, prefix), List.of());
    }

    /** The values whose names begin with a word and a dot, by the rest of the name. */
    public static <T> Map<String, T> beginning(Map<String, T> values, String word) {
        var some = new LinkedHashMap<String, T>();
        values.forEach((name, value) -> {
            if (name.startsWith(word + ".")) {
                some.put(name.substring(word.length() + 1), value);
            }
        });
        return some;
    }

    private static IllegalArgumentException several(List<String> parts) {
        return new IllegalArgumentException("it holds weights under " + WeightFit.some(parts)
                + "; name one of them, as in " + WeightFit.advice(parts.get(0)));
    }

    private static StateDict of(NestedEntries branch) {
        var tensors = new LinkedHashMap<String, Tensor>();
        var unread = new LinkedHashMap<String, String>();
        branch.values().forEach((key, value) -> {
            if (key instanceof String name && value instanceof Tensor tensor) {
                tensors.put(name, tensor);
            } else if (key instanceof String name && value instanceof Unread other) {
                unread.put(name, other.type());
            }
        });
        return new StateDict(branch.part(), tensors, unread, List.of());
    }

    /** Whether a dictionary itself holds a tensor of two dimensions or more, which is no counter and no mean. */
    private static boolean isNetwork(NestedEntries branch) {
        return branch.values().values().stream()
                .anyMatch(value ->
                        value instanceof Tensor tensor && tensor.shape().size() > 1);
    }

    /** Looks at every branch once: networks first, and if there is none, any tensors. */
    private static final class Search {
        private final Map<NestedEntries, StateDict> seen = new HashMap<>();
        private final Set<NestedEntries> begun = new LinkedHashSet<>();
        private boolean networks = true;

        @Nullable
        StateDict in(NestedEntries branch) {
            StateDict found = find(branch);
            if (found == null) {
                networks = false;
                begun.clear();
                found = find(branch);
            }
            return found;
        }

        private @Nullable StateDict find(NestedEntries branch) {
            if (!begun.add(branch)) {
                return seen.get(branch);
            }
            StateDict found = look(branch);
            if (found != null) {
                seen.put(branch, found);
            }
            return found;
        }

        private @Nullable StateDict look(NestedEntries branch) {
            for (String key : USUAL) {
                NestedEntries inner = branch.inner().get(key);
                StateDict found = inner == null ? null : find(inner);
                if (found != null) {
                    return found;
                }
            }
            if (networks && isNetwork(branch)) {
                return of(branch);
            }
            var known = new IdentityHashMap<StateDict, String>();
            var found = new ArrayList<StateDict>();
            branch.inner().forEach((key, inner) -> {
                StateDict one = USUAL.contains(key) ? null : find(inner);
                if (one != null && known.put(one, key) == null) {
                    found.add(one);
                }
            });
            if (found.size() > 1 && !branch.isList()) {
                throw several(
                        found.stream().limit(MOST_NAMED).map(StateDict::part).toList());
            }
            if (!found.isEmpty()) {
                return found.get(0);
            }
            StateDict own = networks ? null : of(branch);
            return own == null || own.tensors().isEmpty() ? null : own;
        }
    }
}
