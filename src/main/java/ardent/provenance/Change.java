package ardent.provenance;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One value in which two descriptions differ.
 *
 * @param path components from the outside in, such as {@code plan.seed}
 * @param then its text in the first; empty where it has none
 * @param now its text in the second; empty where it has none
 */
public record Change(String path, String then, String now) {
    /** Nothing is null. */
    public Change {
        Arguments.given("path, then, now", path, then, now);
    }

    /**
     * Every value in which two descriptions differ, facts, hashes and times included.
     *
     * @param then the first
     * @param now the second
     * @param root name of what is compared, the beginning of every path
     * @return the changes in the order of the descriptions
     */
    public static List<Change> between(Description then, Description now, String root) {
        var changes = new ArrayList<Change>();
        walk(root, then.root(), now.root(), changes);
        return List.copyOf(changes);
    }

    private static void walk(String path, @Nullable Node then, @Nullable Node now, List<Change> changes) {
        if (then != null && then.equals(now)) {
            return;
        }
        if (then instanceof Node.Fields before
                && now instanceof Node.Fields after
                && before.type().equals(after.type())) {
            Set<String> names = new LinkedHashSet<>(before.parts().keySet());
            names.addAll(after.parts().keySet());
            names.forEach(name -> walk(
                    before.path(path, name),
                    before.parts().get(name),
                    after.parts().get(name),
                    changes));
        } else if (then instanceof Node.Items before && now instanceof Node.Items after) {
            for (int i = 0; i < Math.max(before.items().size(), after.items().size()); i++) {
                walk(path + "[" + i + "]", item(before, i), item(after, i), changes);
            }
        } else {
            changes.add(new Change(path, text(then), text(now)));
        }
    }

    private static @Nullable Node item(Node.Items list, int i) {
        return i < list.items().size() ? list.items().get(i) : null;
    }

    private static String text(@Nullable Node node) {
        return node == null ? "" : node.text();
    }
}
