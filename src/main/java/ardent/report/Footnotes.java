package ardent.report;

import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What has to be said beside the numbers. */
public final class Footnotes {
    /** More names than this make no sentence. */
    private static final int MANY = 10;

    /** Which images robust accuracy counts. */
    static final String ROBUST = "robust accuracy counts images classified correctly both clean and under attack";

    /** What accuracies are, above every table of them. */
    static final String COUNTED = "Accuracy (%); " + ROBUST;

    /** What the accuracy of a row is, above every table with one accuracy in a row. */
    public static final String COUNTED_BY_ROW =
            "Accuracy (%): images classified correctly; in an attack's row, both clean and under attack";

    private Footnotes() {}

    static String about(Robustness robustness) {
        return robustness.images() + " · " + robustness.size() + " images · " + COUNTED + ".";
    }

    /** The images of a sweep, with a point behind them; empty if they are not told. */
    static String data(Description evidence) {
        try {
            return evidence.part("data").rebuild() + " · ";
        } catch (IllegalArgumentException e) { // of a class that is not known here
            return "";
        }
    }

    /** Data, attacks with their parameters, hardware and versions. */
    static List<String> conditions(Robustness robustness, Environment environment) {
        var notes = new ArrayList<String>();
        notes.add(about(robustness));
        for (Robustness.Attacked attack : robustness.attacks()) {
            String parameters = attack.description().flat().keySet().stream()
                    .map(path -> path + " " + attack.description().shown(path).orElse(""))
                    .collect(Collectors.joining(", "));
            notes.add(attack.name() + (parameters.isEmpty() ? "" : ": " + parameters));
        }
        notes.add(environment(environment));
        return notes;
    }

    /** Hardware and versions. */
    public static String environment(Environment environment) {
        return "%s on %s, %s threads · %s %s · Java %s · Ardent %s · commit %s, %s"
                .formatted(
                        environment.engine(),
                        environment.device(),
                        environment.threads(),
                        environment.os(),
                        environment.architecture(),
                        environment.java(),
                        environment.ardent(),
                        environment.commit(),
                        environment.tree());
    }

    private static String some(List<String> names) {
        String first = names.stream().limit(MANY).collect(Collectors.joining(", "));
        return names.size() > MANY ? first + " and " + (names.size() - MANY) + " more" : first;
    }

    static List<String> warnings(Robustness robustness) {
        var warnings = new ArrayList<>(general(robustness));
        robustness.outcomes().forEach(outcome -> warnings.addAll(of(outcome)));
        return warnings;
    }

    /** What holds for every network of an evaluation. */
    public static List<String> general(Robustness robustness) {
        var warnings = new ArrayList<String>();
        if (!robustness.complete()) {
            warnings.add("The evaluation was stopped early: what is missing was not measured.");
        }
        robustness.outcomes().stream()
                .flatMap(outcome -> outcome.scores().stream())
                .map(Score::missing)
                .filter(missing -> !missing.isEmpty())
                .findFirst()
                .ifPresent(missing -> warnings.add((missing.size() == 1
                                ? "There is no image of the class "
                                : "There are no images of the classes ")
                        + some(missing) + ": they are left out of averages over classes."));
        return warnings;
    }

    /** What checks found of one network. */
    public static List<String> of(Outcome outcome) {
        var warnings = new ArrayList<String>();
        outcome.checks().warnings().forEach(warning -> warnings.add(outcome.name() + ": " + warning));
        for (Score score : outcome.scores()) {
            String what = outcome.name() + ", " + score.attack() + ": ";
            score.findings().forEach(finding -> warnings.add(what + finding));
            score.warnings().forEach(warning -> warnings.add(what + warning));
        }
        return warnings;
    }
}
