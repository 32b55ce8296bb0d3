package ardent.provenance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Types that had other names in 0.1.0, or for some time since, whose files are read as if they had been written today. */
final class FormerNames {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("ardent.attack.Diagnosis", "ardent.attack.MaskingChecks"),
            Map.entry("ardent.attack.AdversarialImages", "ardent.data.AdversarialImages"),
            Map.entry("ardent.attack.Pictures", "ardent.data.AdversarialImages"),
            Map.entry("ardent.evaluate.Anomaly", "ardent.anomaly.AnomalyScores"),
            Map.entry("ardent.evaluate.Interval", "ardent.evaluate.statistics.Interval"),
            Map.entry("ardent.evaluate.PairedTest", "ardent.evaluate.statistics.PairedTest"),
            Map.entry("ardent.evaluate.Spread", "ardent.evaluate.statistics.MeanAndDeviation"),
            Map.entry("ardent.method.Statistics", "ardent.method.BatchNormStatistics"),
            Map.entry("ardent.network.ResNet18", "ardent.network.ResNet"),
            Map.entry("ardent.network.ResNet34", "ardent.network.ResNet"),
            Map.entry("ardent.network.ResNet50", "ardent.network.ResNet"),
            Map.entry("ardent.network.ReverseStudent", "ardent.anomaly.ReverseStudent"),
            Map.entry("ardent.run.folder.RunDescription", "ardent.train.RunSetup"),
            Map.entry("ardent.train.Charter", "ardent.train.RunSetup"),
            Map.entry("ardent.train.Keepsake", "ardent.run.folder.KeptWeights"),
            Map.entry("ardent.train.ReverseDistillation", "ardent.anomaly.ReverseDistillation"),
            Map.entry("ardent.train.RunDescription", "ardent.train.RunSetup"),
            Map.entry("ardent.train.Standing", "ardent.run.RunState"),
            Map.entry("ardent.train.State", "ardent.train.TrainingState"));

    /** What a former type said by its name alone, as components of today's. */
    private static final Map<String, Map<String, Node>> SAID = Map.of(
            "ardent.network.ResNet18", Map.of("depth", new Node.Leaf(18L)),
            "ardent.network.ResNet34", Map.of("depth", new Node.Leaf(34L)),
            "ardent.network.ResNet50", Map.of("depth", new Node.Leaf(50L)));

    /**
     * A component that a type got later, with the value that it had in effect before; maybe a {@link Fact}; maybe left out of
     * texts where it has that value, so that their hashes, which name files, stay what they were.
     */
    private record Later(String component, Node before, boolean fact, boolean unwritten) {}

    private static final Later FLOAT32 = new Later("precision", new Node.Leaf("FLOAT32"), false, true);

    private static final Map<String, List<Later>> LATER = Map.of(
            "ardent.train.Plan",
            List.of(new Later("versions", new Node.Leaf(0L), true, false), FLOAT32),
            "ardent.attack.AutoAttack",
            List.of(FLOAT32),
            "ardent.attack.Cascade",
            List.of(FLOAT32),
            "ardent.method.Contrast$SelfRelation",
            List.of(new Later(
                    "noise", new Node.Fields("ardent.attack.Start$Clean", true, List.of(), Map.of()), false, false)));

    private FormerNames() {}

    /** A record, map or object under today's names, with components for what a former type said by its name. */
    static Node.Fields fields(String type, boolean repeatable, List<String> facts, Map<String, Node> parts) {
        var all = new LinkedHashMap<>(SAID.getOrDefault(type, Map.of()));
        parts.forEach((name, part) -> all.put(today(type, name), part));
        var more = new ArrayList<>(facts);
        for (Later later : LATER.getOrDefault(type, List.of())) {
            if (all.putIfAbsent(later.component(), later.before()) == null && later.fact()) {
                more.add(later.component());
            }
        }
        return new Node.Fields(today(type), repeatable, more, all);
    }

    /** Whether a text leaves a component out, since it says what is understood without it. */
    static boolean unwritten(String type, String component, Node part) {
        return LATER.getOrDefault(type, List.of()).stream()
                .anyMatch(later -> later.unwritten()
                        && later.component().equals(component)
                        && later.before().equals(part));
    }

    /** Today's name of a type; nested types go with the outer one. */
    static String today(String type) {
        int nested = type.indexOf('$');
        String outer = nested < 0 ? type : type.substring(0, nested);
        return NAMES.getOrDefault(outer, outer) + (nested < 0 ? "" : type.substring(nested));
    }

    /** Today's name of a component of a type. */
    static String today(String type, String component) {
        return type.equals("ardent.attack.Stage") && component.equals("standing") ? "correct" : component;
    }
}
