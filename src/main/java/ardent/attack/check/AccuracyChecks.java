package ardent.attack.check;

import ardent.attack.Goal;
import ardent.attack.Stage;
import ardent.attack.Warning;
import ardent.attack.Warning.Code;
import java.util.ArrayList;
import java.util.List;

/** Reasons to doubt a robust accuracy that show in the accuracies themselves; {@link GradientProbe} asks the network. */
public final class AccuracyChecks {
    private static final double SURPRISE = 0.002;

    private AccuracyChecks() {}

    /**
     * Checks the accuracies of a cascade.
     *
     * @param stages the clean pass and the attacks
     * @return what was found
     */
    public static List<Warning> after(List<Stage> stages) {
        for (int i = 3; i < stages.size(); i++) {
            double gain = stages.get(i - 1).accuracy() - stages.get(i).accuracy();
            if (stages.get(i).name().startsWith("Square") && gain > SURPRISE) {
                return List.of(new Warning(Code.SQUARE_WINS, 100 * gain));
            }
        }
        return List.of();
    }

    /** Two numbers of classes and targets against each other. */
    public static List<Warning> classes(int classes, int targets) {
        var warnings = new ArrayList<Warning>();
        if (classes < Goal.TARGETED_DLR.classes()) {
            warnings.add(new Warning(Code.FEW_CLASSES, classes));
        }
        if (targets > classes - 1) {
            warnings.add(new Warning(Code.FEW_TARGETS, targets - (classes - 1)));
        }
        return warnings;
    }
}
