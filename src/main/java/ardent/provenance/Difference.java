package ardent.provenance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The paths in which descriptions differ.
 *
 * <p>Where the type of a part differs, that part is named and its components are compared among those of one type only:
 * nobody wants to read that RSLAD has no contrast. Facts, hashes, times and durations follow from the rest and are not
 * named.
 */
final class Difference {
    private static final Pattern CONSEQUENCE =
            Pattern.compile("[0-9a-f]{64}|PT[-0-9].*|\\d{4}-\\d\\d-\\d\\dT[0-9:.]*Z");

    private final Set<String> paths = new LinkedHashSet<>();

    static List<String> paths(List<Description> descriptions) {
        var difference = new Difference();
        difference.compare("", descriptions.stream().map(Description::root).toList());
        return List.copyOf(difference.paths);
    }

    private void compare(String path, List<Node> nodes) {
        if (nodes.stream().distinct().count() < 2) {
            return;
        }
        if (nodes.stream().anyMatch(Types::inWords)
                && nodes.stream()
                        .allMatch(node -> Types.inWords(node) || node.children().isEmpty())) {
            paths.add(path + lastNumber(nodes));
            return;
        }
        Map<String, List<Node>> groups = new LinkedHashMap<>();
        nodes.forEach(node ->
                groups.computeIfAbsent(kind(node), kind -> new ArrayList<>()).add(node));
        if (groups.size() > 1) {
            paths.add(path);
        }
        groups.values().forEach(group -> within(path, group));
    }

    /** The way to a number of the last record of lists that are equal else; empty where they differ in more. */
    private static String lastNumber(List<Node> nodes) {
        var before = new HashSet<List<Node>>();
        var last = new ArrayList<Node.Fields>();
        for (Node node : nodes) {
            if (!(node instanceof Node.Items list) || list.items().isEmpty()) {
                return "";
            }
            int end = list.items().size() - 1;
            before.add(list.items().subList(0, end));
            last.add((Node.Fields) list.items().get(end));
        }
        List<String> names = last.get(0).parts().keySet().stream()
                .filter(name ->
                        last.stream().map(each -> each.part(name)).distinct().count() > 1)
                .toList();
        boolean number = before.size() == 1
                && names.size() == 1
                && last.get(0).part(names.get(0)) instanceof Node.Leaf leaf
                && leaf.value() instanceof Number;
        return number ? "[" + before.iterator().next().size() + "]." + names.get(0) : "";
    }

    private void within(String path, List<Node> group) {
        if (group.get(0) instanceof Node.Fields first) {
            Set<String> names = new LinkedHashSet<>(first.parts().keySet());
            group.forEach(node -> names.addAll(((Node.Fields) node).parts().keySet()));
            first.facts().forEach(names::remove);
            names.forEach(name -> compare(
                    first.path(path, name),
                    group.stream().map(node -> ((Node.Fields) node).part(name)).toList()));
        } else if (group.get(0) instanceof Node.Items first
                && !first.items().isEmpty()
                && first.items().get(0) instanceof Node.Fields) {
            for (int i = 0; i < first.items().size(); i++) {
                int at = i;
                compare(
                        path + "[" + i + "]",
                        group.stream()
                                .map(node -> ((Node.Items) node).items().get(at))
                                .toList());
            }
        }
    }

    /** Nodes of one kind are compared part by part; of different kinds they differ here. */
    private static String kind(Node node) {
        if (node instanceof Node.Fields fields) {
            return "fields " + fields.type() + fields.part(PlainName.KEY).text();
        }
        if (node instanceof Node.Items list
                && !list.items().isEmpty()
                && list.items().get(0) instanceof Node.Fields) {
            return "list of " + list.items().size();
        }
        String text = node.text();
        return CONSEQUENCE.matcher(text).matches() ? "consequence" : "value " + text;
    }

    /** Short names of paths: the last step, with as many steps before it as make it unique. */
    static Map<String, String> names(List<Description> descriptions) {
        List<String> all = paths(descriptions);
        List<String> paths = all.stream()
                .filter(path -> !follows(path, descriptions) && !repeats(path, all, descriptions))
                .toList();
        List<String> lettered =
                paths.stream().map(path -> lettered(path, descriptions)).toList();
        var shown = new ArrayList<String>();
        for (int i = 0; i < paths.size(); i++) {
            boolean unique = Collections.frequency(lettered, lettered.get(i)) == 1;
            shown.add(unique ? lettered.get(i) : paths.get(i));
        }
        var names = new LinkedHashMap<String, String>();
        for (int i = 0; i < paths.size(); i++) {
            int steps = 1;
            while (clashes(shown, shown.get(i), steps)) {
                steps++;
            }
            names.put(paths.get(i), paths.get(i).isEmpty() ? "type" : last(shown.get(i), steps));
        }
        return names;
    }

    /** A path that ends in the letter of its component, where all that have it there agree on one. */
    private static String lettered(String path, List<Description> descriptions) {
        int dot = path.lastIndexOf('.');
        String component = path.substring(dot + 1);
        var letters = new HashSet<String>();
        for (Description description : descriptions) {
            if (at(description.root(), path.substring(0, Math.max(dot, 0))) instanceof Node.Fields fields
                    && fields.parts().containsKey(component)) {
                letters.add(Types.letter(fields.type(), component).orElse(component));
            }
        }
        return letters.size() == 1
                ? path.substring(0, dot + 1) + letters.iterator().next()
                : path;
    }

    /** Whether a number is the same multiple of another one everywhere, of which {@link InUnitsOf} says that it is one. */
    private static boolean follows(String path, List<Description> descriptions) {
        int dot = path.lastIndexOf('.');
        String above = path.substring(0, dot + 1);
        String component = path.substring(dot + 1);
        var multiples = new ArrayList<Double>();
        for (Description description : descriptions) {
            if (at(description.root(), path.substring(0, Math.max(dot, 0))) instanceof Node.Fields fields
                    && fields.parts().containsKey(component)) {
                multiples.add(Types.unit(fields.type(), component)
                        .map(unit -> number(description, path) / number(description, above + unit))
                        .orElse(Double.NaN));
            }
        }
        return !multiples.isEmpty()
                && multiples.stream()
                        .allMatch(multiple -> Math.abs(multiple - multiples.get(0)) <= 1e-5 * multiples.get(0));
    }

    /** Whether what stands there is shown at a shorter path, as that of a method under another one is (see {@link #at}). */
    private static boolean repeats(String path, List<String> paths, List<Description> descriptions) {
        List<Node> having = descriptions.stream()
                .map(Description::root)
                .filter(root -> at(root, path) != null)
                .toList();
        return paths.stream()
                .filter(other ->
                        other.length() < path.length() && last(other, 1).equals(last(path, 1)))
                .anyMatch(other -> having.stream()
                        .allMatch(root -> at(root, other) == null
                                && at(root, other, descriptions).equals(at(root, path))));
    }

    private static double number(Description description, String path) {
        return at(description.root(), path) instanceof Node.Leaf leaf && leaf.value() instanceof Number number
                ? number.doubleValue()
                : Double.NaN;
    }

    private static boolean clashes(List<String> paths, String path, int steps) {
        String name = last(path, steps);
        return !name.equals(path)
                && paths.stream()
                        .anyMatch(other ->
                                !other.equals(path) && last(other, steps).equalsIgnoreCase(name));
    }

    private static String last(String path, int steps) {
        int from = path.length();
        for (int i = 0; i < steps && from >= 0; i++) {
            from = path.lastIndexOf('.', from - 1);
        }
        return path.substring(from + 1);
    }

    /**
     * What stands at a path. A part without it that holds one of the type that others have in its place, as a method does that works
     * on top of another one, has it from there; a leaf without value where there is none.
     */
    static Node at(Node root, String path, List<Description> others) {
        Node found = at(root, path);
        for (int dot = path.indexOf('.'); found == null && dot > 0; dot = path.indexOf('.', dot + 1)) {
            String whole = path.substring(0, dot);
            String rest = path.substring(dot + 1);
            Set<String> types =
                    others.stream().map(other -> type(at(other.root(), whole))).collect(Collectors.toSet());
            if (at(root, whole) instanceof Node.Fields fields) {
                List<Node> held = fields.parts().values().stream()
                        .filter(part -> part instanceof Node.Fields && types.contains(type(part)))
                        .flatMap(part -> Stream.ofNullable(at(part, rest)))
                        .toList();
                found = held.size() == 1 ? held.get(0) : null;
            }
        }
        return found == null ? new Node.Leaf(null) : found;
    }

    private static String type(@Nullable Node node) {
        return node instanceof Node.Fields fields ? fields.type() : "";
    }

    static @Nullable Node at(Node root, String path) {
        Node node = root;
        for (String step : path.isEmpty() ? new String[0] : path.split("[.\\[]")) {
            if (node instanceof Node.Fields fields) {
                node = fields.parts().get(step);
            } else if (node instanceof Node.Items list && step.endsWith("]")) {
                int i = Integer.parseInt(step.substring(0, step.length() - 1));
                node = i < list.items().size() ? list.items().get(i) : null;
            } else {
                node = null;
            }
        }
        return node;
    }
}
