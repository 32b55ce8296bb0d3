package ardent.report;

import ardent.attack.Ball;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.evaluate.Robustness;
import ardent.provenance.Description;
import ardent.provenance.Node;
import ardent.provenance.Numbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The ball that attacks keep to, as they say themselves, in words. */
public final class ThreatModel {
    private static final Set<String> BALLS = Set.of(Linf.class.getName(), L2.class.getName());

    private ThreatModel() {}

    /**
     * A ball.
     *
     * @param ball the perturbations that are allowed
     * @return such as {@code L∞ ≤ 8/255}
     */
    public static String of(Ball ball) {
        return norm(ball) + " ≤ " + Numbers.shown(ball.radius());
    }

    /** The norm of a ball, such as {@code L∞}. */
    static String norm(Ball ball) {
        return ball instanceof Linf ? "L∞" : "L2";
    }

    /**
     * The ball of an attack of an evaluation.
     *
     * @param robustness the evaluation
     * @param attack the name of the attack
     * @return such as {@code L∞ ≤ 8/255} or {@code no radius}; empty if it is no attack, such as {@code clean}
     */
    public static Optional<String> of(Robustness robustness, String attack) {
        return robustness.attacks().stream()
                .filter(each -> each.name().equals(attack))
                .map(ThreatModel::of)
                .findFirst();
    }

    private static String of(Robustness.Attacked attack) {
        return attack.ball().map(ThreatModel::of).orElse("no radius");
    }

    /**
     * The ball for which a network was trained: the one nearest to its method, teachers left out.
     *
     * @param origin of the network
     * @return the ball; empty if its method names none
     */
    public static Optional<Ball> trained(Description origin) {
        List<Node> level =
                origin.root() instanceof Node.Fields fields ? List.of(fields.part("method")) : List.<Node>of();
        while (!level.isEmpty()) {
            for (Node node : level) {
                if (node instanceof Node.Fields fields && BALLS.contains(fields.type())) {
                    return Optional.of((Ball) new Description(fields).rebuild());
                }
            }
            level = level.stream()
                    .filter(node -> !(node instanceof Node.Fields fields
                            && fields.parts().containsKey("weights")))
                    .flatMap(node -> node.children().values().stream())
                    .toList();
        }
        return Optional.empty();
    }

    /** An attack of an evaluation with its ball, such as {@code PGD-20 (L∞ ≤ 0.2)}; {@code clean} and {@code worst} alone. */
    static String named(Robustness robustness, String attack) {
        return attack + of(robustness, attack).map(ball -> " (" + ball + ")").orElse("");
    }

    /** A sentence on attacks, such as {@code Threat model: FGSM, PGD-20: L∞ ≤ 0.2; DeepFool: no radius.}; empty if there are none. */
    static String sentence(List<Robustness.Attacked> attacks) {
        Map<String, List<String>> names = attacks.stream()
                .collect(Collectors.groupingBy(
                        ThreatModel::of,
                        LinkedHashMap::new,
                        Collectors.mapping(Robustness.Attacked::name, Collectors.toList())));
        return names.isEmpty()
                ? ""
                : names.entrySet().stream()
                        .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
                        .collect(Collectors.joining("; ", " Threat model: ", "."));
    }
}
