package ardent.evaluate;

import ardent.provenance.Description;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Names that tell things apart: those that share a name get the parameters in which they differ. Names are equal if they
 * differ in capitals or blanks only, as table and chart libraries see it, and no name is that of a column of its own.
 */
public final class UniqueNames {
    /** What is named; what a name that is taken or empty is completed with. */
    public enum Kind {
        /** Networks: a name that all share is left out where parameters tell them apart. */
        NETWORK,
        /** Attacks. */
        ATTACK,
        /** Methods. */
        METHOD;

        /** Headings of the columns beside which such a name may be one, in small letters. */
        private Set<String> taken() {
            return switch (this) {
                case NETWORK -> Set.of("class");
                case ATTACK -> Set.of("clean", "worst", "network", "method", "role", "seeds", "p", "p (holm)");
                case METHOD -> Set.of();
            };
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A parameter that is written as in a formula, λ₁ = 0.5; others are words, seed 1. */
    private static final Pattern LETTER = Pattern.compile("(.*\\.)?\\p{L}[₀-₉]?");

    private UniqueNames() {}

    /**
     * Unique names.
     *
     * @param names what the things call themselves
     * @param descriptions one for each
     * @param kind what they are
     * @return one for each, not empty, without blanks around it
     */
    public static List<String> of(List<String> names, List<Description> descriptions, Kind kind) {
        List<String> tidy = names.stream().map(name -> tidy(name, kind)).toList();
        List<String> keys = tidy.stream().map(UniqueNames::key).toList();
        boolean same = names.size() > 1 && new HashSet<>(keys).size() == 1;
        var titles = new ArrayList<>(tidy);
        for (String key : new HashSet<>(keys)) {
            int[] group = IntStream.range(0, names.size())
                    .filter(i -> keys.get(i).equals(key))
                    .toArray();
            if (group.length > 1) {
                List<Description> alike =
                        IntStream.of(group).mapToObj(descriptions::get).toList();
                Map<String, String> paths = Description.differing(alike);
                boolean left = same && kind == Kind.NETWORK && !paths.isEmpty();
                var values = new LinkedHashMap<String, List<String>>();
                paths.forEach((path, label) -> values.put(label, Description.shown(alike, path)));
                for (int j = 0; j < group.length; j++) {
                    titles.set(group[j], title(left ? "" : tidy.get(group[j]), values, j));
                }
            }
        }
        return numbered(titles, kind.taken());
    }

    /** A name in one line, with a plain one for an empty one, and marked where it is a heading. */
    private static String tidy(String name, Kind kind) {
        String line = name.replaceAll("[\\s\\p{Z}\\p{C}]+", " ").strip();
        if (line.isEmpty()) {
            return kind.word() + " without a name";
        }
        return kind.taken().contains(key(line)) ? line + " (" + kind.word() + ")" : line;
    }

    /** What two names share that libraries take for one. */
    private static String key(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static String title(String name, Map<String, List<String>> values, int at) {
        var title = new StringJoiner(" · ");
        if (!name.isEmpty()) {
            title.add(name);
        }
        values.forEach((label, all) -> {
            if (!all.get(at).isEmpty()) {
                title.add(label + (LETTER.matcher(label).matches() ? " = " : " ") + all.get(at));
            }
        });
        return title.length() == 0 ? "–" : title.toString();
    }

    /**
     * Numbers those that repeat an earlier one or one that is taken.
     *
     * @param titles names
     * @param taken names that none may have
     * @return as many names, no two of which are equal
     */
    public static List<String> numbered(List<String> titles, Set<String> taken) {
        var seen = new HashSet<String>();
        taken.forEach(name -> seen.add(key(name)));
        var numbered = new ArrayList<String>();
        for (String title : titles) {
            String free = title;
            for (int i = 2; !seen.add(key(free)); i++) {
                free = title + " #" + i;
            }
            numbered.add(free);
        }
        return List.copyOf(numbered);
    }
}
