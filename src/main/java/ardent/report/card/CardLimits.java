package ardent.report.card;

import ardent.attack.AutoAttack;
import ardent.attack.Ball;
import ardent.attack.Goal;
import ardent.attack.Transfer;
import ardent.data.SourceFile;
import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.provenance.Description;
import ardent.provenance.Node;
import ardent.report.Footnotes;
import ardent.report.ThreatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a model card warns of, as far as the numbers and the origin show it. */
record CardLimits(Robustness robustness, Outcome outcome, Description origin, List<String> limits) {
    static List<String> sentences(Robustness robustness, Outcome outcome, Description origin) {
        return new CardLimits(robustness, outcome, origin, new ArrayList<>()).sentences();
    }

    private List<String> sentences() {
        limits.add(
                "The numbers hold for the changes of pixels named above and for no others: other norms, larger radii,"
                        + " noise, blur, rotation and images of other kinds were not measured.");
        boolean possible = robustness.classes().size() >= Goal.TARGETED_DLR.classes(); // else it is another cascade
        boolean autoAttack = possible
                && robustness.attacks().stream()
                        .anyMatch(attack -> asksAutoAttack(attack.description().root()));
        limits.add(
                autoAttack
                        ? "Accuracy under attack is an upper bound: an attack made for this network may break more."
                        : "AutoAttack was not run: accuracy under single attacks is an upper bound and often too high.");
        limits.add("The intervals cover the choice of test images, not the seed of the training: this is one network.");
        outcome.weakest().ifPresent(this::weakest);
        ThreatModel.trained(origin).ifPresent(this::otherBalls);
        if (origin.at("stopped").filter("true"::equals).isPresent()) {
            limits.add("The training was stopped before its plan was done.");
        }
        origin.flat().forEach((path, value) -> {
            if (path.startsWith("data.files") && value.equals(SourceFile.DIFFERENT)) {
                limits.add("Training data: a file " + value + ".");
            }
        });
        limits.addAll(Footnotes.general(robustness));
        limits.addAll(Footnotes.of(outcome));
        return limits;
    }

    /** Whether AutoAttack itself is among what is tried on this network; where it looks at another one, it is not. */
    private static boolean asksAutoAttack(Node attack) {
        if (attack instanceof Node.Items items) {
            return items.items().stream().anyMatch(CardLimits::asksAutoAttack);
        }
        return attack instanceof Node.Fields fields
                && !fields.type().equals(Transfer.class.getName())
                && (fields.type().equals(AutoAttack.class.getName())
                        || fields.parts().values().stream().anyMatch(CardLimits::asksAutoAttack));
    }

    private void weakest(Score score) {
        score.byClass().entrySet().stream()
                .min(Map.Entry.comparingByValue())
                .ifPresent(weak -> limits.add(String.format(
                        Locale.ROOT,
                        "Classes differ: under %s class %s is right in %.1f %% of its images, all together in %.1f %%.",
                        score.attack(),
                        weak.getKey(),
                        100 * weak.getValue(),
                        100 * score.robustAccuracy())));
    }

    private void otherBalls(Ball trained) {
        String others = robustness.attacks().stream()
                .flatMap(attack -> attack.ball().stream())
                .filter(ball -> !ball.equals(trained))
                .map(ThreatModel::of)
                .distinct()
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            limits.add("It was trained for " + ThreatModel.of(trained) + " and also measured at " + others + ".");
        }
    }
}
