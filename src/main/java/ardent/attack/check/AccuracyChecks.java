package ardent.attack.check;

import ardent.attack.Goal;
import ardent.attack.Stage;
import ardent.attack.Warning;
import ardent.attack.Warning.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reasons to doubt a robust accuracy that show in the accuracies themselves; {@link GradientProbe} asks the network. */
public final class AccuracyChecks {
    private static final double SURPRISE = 0.002;

    private AccuracyChecks() {}

    /**
     * What checks know of an attack.
     *
     * @param wins what is said if it breaks what attacks by gradients left, empty for those
     * @param oneStep whether it looks at the gradient once, which proves nothing
     */
    public record Tried(Optional<Code> wins, boolean oneStep) {
        private boolean climbs() {
            return wins.isEmpty() && !oneStep;
        }
    }

    /**
     * Checks the accuracies of a cascade.
     *
     * @param stages the clean pass and the attacks
     * @param tried the attacks
     * @return what was found
     */
    public static List<Warning> after(List<Stage> stages, List<Tried> tried) {
        for (int i = 2; i < stages.size(); i++) {
            double gain = stages.get(i - 1).accuracy() - stages.get(i).accuracy();
            Optional<Code> code = tried.get(i - 1).wins();
            boolean sighted = tried.subList(0, i - 1).stream().anyMatch(Tried::climbs);
            if (code.isPresent() && sighted && gain > SURPRISE) {
                return List.of(new Warning(code.get(), 100 * gain));
            }
        }
        return List.of();
    }

    /** Two numbers of classes and targets against each other; 0 targets where no loss has a target. */
    public static List<Warning> classes(int classes, int targets) {
        var warnings = new ArrayList<Warning>();
        int enough = (targets == 0 ? Goal.DLR : Goal.TARGETED_DLR).classes();
        if (classes < enough) {
            warnings.add(new Warning(Code.FEW_CLASSES, classes));
        }
        if (targets > classes - 1) {
            warnings.add(new Warning(Code.FEW_TARGETS, targets - (classes - 1)));
        }
        return warnings;
    }
}
