package ardent.evaluate;

import ardent.provenance.Description;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.IntStream;

/** Names that tell things apart: those that share a name get the parameters in which they differ. */
public final class Titles {
    private Titles() {}

    /**
     * Unique names.
     *
     * @param names what the things call themselves
     * @param descriptions one for each
     * @param shared whether a name that all have is worth repeating
     * @return one for each
     */
    public static List<String> of(List<String> names, List<Description> descriptions, boolean shared) {
        boolean same = names.size() > 1 && new HashSet<>(names).size() == 1;
        var titles = new ArrayList<>(names);
        for (String name : new HashSet<>(names)) {
            int[] group = IntStream.range(0, names.size())
                    .filter(i -> names.get(i).equals(name))
                    .toArray();
            if (group.length > 1) {
                Map<String, String> paths = Description.differing(
                        IntStream.of(group).mapToObj(descriptions::get).toList());
                for (int i : group) {
                    titles.set(i, title(same && !shared && !paths.isEmpty() ? "" : name, descriptions.get(i), paths));
                }
            }
        }
        return numbered(titles);
    }

    private static String title(String name, Description description, Map<String, String> paths) {
        var title = new StringJoiner(" · ");
        if (!name.isEmpty()) {
            title.add(name);
        }
        paths.forEach((path, label) -> description
                .at(path)
                .filter(value -> !value.isEmpty())
                .ifPresent(value -> title.add(label + " " + value)));
        return title.length() == 0 ? "–" : title.toString();
    }

    private static List<String> numbered(List<String> titles) {
        return IntStream.range(0, titles.size())
                .mapToObj(i -> {
                    String title = titles.get(i);
                    int before = Collections.frequency(titles.subList(0, i), title);
                    return before == 0 ? title : title + " #" + (before + 1);
                })
                .toList();
    }
}
