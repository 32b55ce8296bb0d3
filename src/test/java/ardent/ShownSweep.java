package ardent;

import ardent.report.Comparison;
import ardent.run.KeptScore;
import ardent.run.RunSummary;
import java.util.List;

/** All that a sweep gave, as text: two sweeps are equal to the last bit where these are. */
public final class ShownSweep {
    private ShownSweep() {}

    /**
     * A sweep as it is compared with another one.
     *
     * @param comparison what it ended with
     * @return its table, its tests, the hash of each student's weights and what each got right
     */
    public static String of(Comparison comparison) {
        List<String> weights = comparison.grid().cells().stream()
                .map(cell ->
                        RunSummary.weights(cell.student().orElseThrow().path()).orElseThrow())
                .toList();
        var right = comparison.grid().cells().stream()
                .flatMap(cell -> cell.measures().values().stream().map(KeptScore::right))
                .toList();
        return comparison + "\n" + comparison.tests().printAll() + weights + right;
    }
}
