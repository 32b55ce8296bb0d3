package ardent.report;

import ardent.attack.Warning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What checks found in the cells of a sweep: one line for each check, with the methods and seeds that it doubts. */
final class CellDoubts {
    /** How {@link ardent.evaluate.Finding#coded} begins. */
    private static final String CODE = "^[A-Z_]+: ";

    private record Doubt(String line, Optional<Warning.Code> code) {
        /** Such as {@code 3.1 to 4.2 points of accuracy, seeds 0, 1, 2}. */
        String cells(List<Cell> cells) {
            var numbers = cells.stream().mapToDouble(Cell::number).summaryStatistics();
            String amount = code.map(known -> known.amount(numbers.getMin(), numbers.getMax()))
                    .orElse("");
            return amount
                    + (amount.isEmpty() ? "" : ", ")
                    + (cells.size() > 1 ? "seeds " : "seed ")
                    + cells.stream().map(cell -> String.valueOf(cell.seed())).collect(Collectors.joining(", "));
        }
    }

    private record Cell(long seed, double number) {}

    private final Map<Doubt, Map<String, List<Cell>>> found = new LinkedHashMap<>();

    /** One doubt about one measure of one cell, as its file has it. */
    void add(String measure, String kept, String method, long seed) {
        Optional<Warning> warning = Warning.read(kept);
        String what = warning.map(Warning::code)
                .map(code -> code.what() + "; " + code.advice() + ".")
                .orElseGet(() -> kept.replaceFirst(CODE, ""));
        found.computeIfAbsent(
                        new Doubt(measure + ": " + what, warning.map(Warning::code)), key -> new LinkedHashMap<>())
                .computeIfAbsent(method, key -> new ArrayList<>())
                .add(new Cell(seed, warning.map(Warning::number).orElse(0.0)));
    }

    /** Such as {@code AutoAttack: Square broke … In SAT (0.2 points of accuracy, seed 0), CRDND (…).} */
    List<String> lines() {
        var lines = new ArrayList<String>();
        found.forEach((doubt, methods) -> lines.add(methods.entrySet().stream()
                .map(method -> method.getKey() + " (" + doubt.cells(method.getValue()) + ")")
                .collect(Collectors.joining(", ", doubt.line + " In ", "."))));
        return lines;
    }
}
