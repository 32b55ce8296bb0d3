package ardent.report.chart;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Names for a legend: what all begin with is said once, in the title.
 *
 * @param shared the parts that all names begin with; empty if there are none
 * @param names the names without them, in the same order, no two of them equal
 */
record Legend(String shared, List<String> names) {
    private static final String BETWEEN = " · ";

    static Legend of(Collection<String> names) {
        List<String[]> parts =
                names.stream().map(name -> name.split(BETWEEN, -1)).toList();
        int shared = 0;
        while (names.size() > 1 && sharePart(parts, shared)) {
            shared++;
        }
        int left = shared;
        if (left == 0) {
            return new Legend("", List.copyOf(names));
        }
        return new Legend(
                String.join(BETWEEN, Arrays.copyOf(parts.get(0), left)),
                parts.stream()
                        .map(each -> String.join(BETWEEN, Arrays.copyOfRange(each, left, each.length)))
                        .toList());
    }

    /** Whether all have the same part there and none ends with it. */
    private static boolean sharePart(List<String[]> parts, int at) {
        return parts.stream().allMatch(each -> each.length > at + 1 && each[at].equals(parts.get(0)[at]));
    }

    String title(String title) {
        return shared.isEmpty() ? title : title + BETWEEN + shared;
    }
}
