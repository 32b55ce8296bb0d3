package ardent.network.file;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary or list among what a file holds, and those in it. Each is one branch however often it occurs, so that what holds
 * itself is looked through once.
 */
final class NestedEntries {
    /** What lies here is no network, however much it looks like one. */
    private static final List<String> NEVER = List.of("optimizer", "optim", "opt", "scheduler", "scaler");

    private static final int DEPTH = 4;

    private final @Nullable NestedEntries outer;
    private final String key;
    private final int depth;
    private final Object value;
    private final Map<String, NestedEntries> inner = new LinkedHashMap<>();
    private List<NestedEntries> all = List.of();

    private NestedEntries(@Nullable NestedEntries outer, String key, Object value) {
        this.outer = outer;
        this.key = key;
        this.value = value;
        depth = outer == null ? 0 : outer.depth + 1;
    }

    /** All of a file. */
    static NestedEntries of(Object root) {
        var whole = new NestedEntries(null, "", root);
        var known = new IdentityHashMap<Object, NestedEntries>();
        known.put(root, whole);
        var all = new ArrayList<NestedEntries>();
        var next = new ArrayDeque<>(List.of(whole));
        while (!next.isEmpty()) {
            NestedEntries branch = next.remove();
            all.add(branch);
            branch.grow(known, next);
        }
        whole.all = all;
        return whole;
    }

    private void grow(IdentityHashMap<Object, NestedEntries> known, ArrayDeque<NestedEntries> next) {
        if (depth == DEPTH) {
            return;
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, held) -> {
                if (name instanceof String text && !NEVER.contains(text)) {
                    grow(text, held, known, next);
                }
            });
        }
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                grow(Integer.toString(i), list.get(i), known, next);
            }
        }
    }

    private void grow(
            String name,
            @Nullable Object held,
            IdentityHashMap<Object, NestedEntries> known,
            ArrayDeque<NestedEntries> next) {
        if (held instanceof Map || held instanceof List) {
            NestedEntries branch = known.get(held);
            if (branch == null) {
                branch = new NestedEntries(this, name, held);
                known.put(held, branch);
                next.add(branch);
            }
            inner.put(name, branch);
        }
    }

    /** The branches right under this one, by key. */
    Map<String, NestedEntries> inner() {
        return inner;
    }

    /** The whole's branches, the nearest first. */
    List<NestedEntries> all() {
        return all;
    }

    boolean isList() {
        return value instanceof List;
    }

    /** What a dictionary holds; nothing for a list. */
    Map<?, ?> values() {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    /** The keys of a dictionary that are texts, or the places in a list. */
    List<String> keys() {
        if (isList()) {
            return List.copyOf(inner.keySet());
        }
        return values().keySet().stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    /** The keys that lead here, joined by dots. */
    String part() {
        return outer == null || outer.outer == null ? key : outer.part() + "." + key;
    }

    /** What lies under keys joined by dots, each of which may hold dots itself. */
    @Nullable
    NestedEntries at(String part) {
        NestedEntries found = inner.get(part);
        for (int dot = part.indexOf('.'); found == null && dot >= 0; dot = part.indexOf('.', dot + 1)) {
            NestedEntries first = inner.get(part.substring(0, dot));
            found = first == null ? null : first.at(part.substring(dot + 1));
        }
        return found;
    }
}
