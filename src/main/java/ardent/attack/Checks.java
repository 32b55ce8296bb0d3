package ardent.attack;

import ardent.attack.Warning.Code;
import java.util.ArrayList;
import java.util.List;

/** Looks for reasons to doubt a robust accuracy in the accuracies themselves; {@link Diagnosis} looks at the network. */
public final class Checks {
    private static final double SURPRISE = 0.002;

    private Checks() {}

    /**
     * Looks at the accuracies of a cascade.
     *
     * @param stages the clean pass and the attacks
     * @return what was found
     */
    static List<Warning> after(List<Stage> stages) {
        for (int i = 3; i < stages.size(); i++) {
            double gain = stages.get(i - 1).accuracy() - stages.get(i).accuracy();
            if (stages.get(i).name().startsWith("Square") && gain > SURPRISE) {
                return List.of(new Warning(Code.SQUARE_WINS, 100 * gain));
            }
        }
        return List.of();
    }

    /**
     * Compares a white-box attack with one that was crafted on another network.
     *
     * @param whiteBox accuracy under the attack on the network itself, in [0, 1]
     * @param transfer accuracy under the images from the other network, in [0, 1]
     * @return a warning if transfer is stronger by more than 0.2 points
     */
    public static List<Warning> transfer(double whiteBox, double transfer) {
        double gain = whiteBox - transfer;
        return gain > SURPRISE ? List.of(new Warning(Code.TRANSFER_WINS, 100 * gain)) : List.of();
    }

    /** Two numbers of classes and targets against each other. */
    static List<Warning> classes(int classes, int targets) {
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
