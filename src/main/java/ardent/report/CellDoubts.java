package ardent.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What checks found in the cells of a sweep: one line for each check, with the methods and seeds that it doubts. */
final class CellDoubts {
    /** A warning with its number, as {@link ardent.attack.Warning} writes it. */
    private static final Pattern NUMBERED = Pattern.compile("(\\w+) \\(([^)]+)\\): (.*)");

    private record Cell(long seed, String number) {}

    private final Map<String, Map<String, List<Cell>>> found = new LinkedHashMap<>();

    /** One doubt about one measure of one cell. */
    void add(String measure, String doubt, String method, long seed) {
        Matcher warning = NUMBERED.matcher(doubt);
        boolean numbered = warning.matches();
        String line = numbered ? measure + ", " + warning.group(1) + ": " + warning.group(3) : measure + ": " + doubt;
        found.computeIfAbsent(line, key -> new LinkedHashMap<>())
                .computeIfAbsent(method, key -> new ArrayList<>())
                .add(new Cell(seed, numbered ? warning.group(2) : ""));
    }

    /** Such as {@code AutoAttack, SQUARE_WINS: Square broke … In SAT (0.200, seed 0), CRDND (3.10 to 4.20, seeds 0, 1, 2).} */
    List<String> lines() {
        var lines = new ArrayList<String>();
        found.forEach((line, methods) -> lines.add(methods.entrySet().stream()
                .map(method -> method.getKey() + " (" + cells(method.getValue()) + ")")
                .collect(Collectors.joining(", ", line + " In ", "."))));
        return lines;
    }

    private static String cells(List<Cell> cells) {
        List<String> numbers = cells.stream()
                .map(Cell::number)
                .filter(number -> !number.isEmpty())
                .distinct()
                .sorted(Comparator.comparing(Double::valueOf))
                .toList();
        String range = numbers.isEmpty()
                ? ""
                : numbers.get(0) + (numbers.size() > 1 ? " to " + numbers.get(numbers.size() - 1) : "") + ", ";
        return range
                + (cells.size() > 1 ? "seeds " : "seed ")
                + cells.stream().map(cell -> String.valueOf(cell.seed())).collect(Collectors.joining(", "));
    }
}
