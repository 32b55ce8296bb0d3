package ardent.network;

import ardent.network.Globals.Tensor;
import ardent.network.Globals.Unread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The weights among what a training script saved.
 *
 * @param part the keys that lead to them, joined by dots; empty where the file holds nothing else
 * @param tensors tensors by name
 * @param unread tensors beside them of types that are not read, by name, with the type
 */
record StateDict(String part, Map<String, Tensor> tensors, Map<String, String> unread) {
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

    private static final List<String> NEVER = List.of("optimizer", "optim", "opt", "scheduler", "scaler");
    private static final int DEPTH = 4;

    /**
     * Finds the weights.
     *
     * @param root what the file holds
     * @param part the key to look under; empty for the usual ones
     */
    static StateDict in(Object root, String part) {
        if (!(root instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("it holds no dictionary of weights");
        }
        StateDict found;
        if (part.isEmpty()) {
            found = search(map, "", DEPTH);
        } else {
            found = map.get(part) instanceof Map<?, ?> named ? search(named, part, DEPTH) : null;
        }
        if (found == null) {
            List<String> keys = texts(map);
            throw new IllegalArgumentException("it holds no weights" + (part.isEmpty() ? "" : " under " + part)
                    + "; its keys are " + Fit.some(keys));
        }
        return found;
    }

    private static @Nullable StateDict search(Map<?, ?> map, String part, int depth) {
        for (String key : USUAL) {
            StateDict found = depth > 0 && map.get(key) instanceof Map<?, ?> inner
                    ? search(inner, join(part, key), depth - 1)
                    : null;
            if (found != null) {
                return found;
            }
        }
        var tensors = new LinkedHashMap<String, Tensor>();
        var unread = new LinkedHashMap<String, String>();
        map.forEach((key, value) -> {
            if (key instanceof String name && value instanceof Tensor tensor) {
                tensors.put(name, tensor);
            } else if (key instanceof String name && value instanceof Unread other) {
                unread.put(name, other.type());
            }
        });
        return tensors.isEmpty() ? unusual(map, part, depth) : new StateDict(part, tensors, unread);
    }

    private static @Nullable StateDict unusual(Map<?, ?> map, String part, int depth) {
        var found = new ArrayList<StateDict>();
        for (String key : texts(map)) {
            if (depth > 0 && !NEVER.contains(key) && !USUAL.contains(key) && map.get(key) instanceof Map<?, ?> inner) {
                StateDict one = search(inner, join(part, key), depth - 1);
                if (one != null) {
                    found.add(one);
                }
            }
        }
        if (found.size() > 1) {
            String parts = found.stream().map(StateDict::part).collect(Collectors.joining(" and "));
            throw new IllegalArgumentException("it holds weights under " + parts + "; name one of them");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    private static List<String> texts(Map<?, ?> map) {
        return map.keySet().stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    private static String join(String part, String key) {
        return part.isEmpty() ? key : part + "." + key;
    }
}
