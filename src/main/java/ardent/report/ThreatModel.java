package ardent.report;

import ardent.evaluate.Robustness;
import ardent.provenance.Description;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The ball that attacks keep to, in words. */
public final class ThreatModel {
    private ThreatModel() {}

    /**
     * The ball of an attack, wherever it is in its description.
     *
     * @param attack what the attack is
     * @return such as {@code L∞ ≤ 8/255}; empty if it has none
     */
    public static String of(Description attack) {
        return radius(attack.flat(), "")
                .map(path -> norm(attack, "") + " ≤ " + attack.shown(path).orElse(""))
                .orElse("");
    }

    /**
     * The norm of a ball, wherever it is in a description.
     *
     * @param description of an attack, or of what holds one
     * @param start how the path of the attack begins; empty for all
     * @return such as {@code L∞}; empty if there is none
     */
    static String norm(Description description, String start) {
        Map<String, String> flat = description.flat();
        return radius(flat, start)
                .map(path -> path.equals("radius") ? "" : flat.getOrDefault(path.replaceAll("\\.radius$", ""), ""))
                .orElse("")
                .replace("Linf", "L∞");
    }

    /**
     * The path of a radius; the shortest, since teachers are further down.
     *
     * @param flat texts by path
     * @param start how the path begins
     * @return the path, if there is one
     */
    public static Optional<String> radius(Map<String, String> flat, String start) {
        return flat.keySet().stream()
                .filter(path -> path.startsWith(start) && path.endsWith("radius"))
                .min(Comparator.comparingInt(String::length));
    }

    /** An attack of an evaluation with its ball, such as {@code PGD-20 (L∞ ≤ 0.2)}; its name alone if it has none. */
    static String named(Robustness robustness, String attack) {
        return robustness.attacks().stream()
                .filter(each -> each.name().equals(attack))
                .map(each -> of(each.description()))
                .filter(ball -> !ball.isEmpty())
                .map(ball -> attack + " (" + ball + ")")
                .findFirst()
                .orElse(attack);
    }

    /** A sentence on several attacks, such as {@code Threat model: FGSM, PGD-20: L∞ ≤ 0.2.}; empty if none has a ball. */
    static String sentence(Map<String, Description> attacks) {
        var names = new LinkedHashMap<String, String>();
        attacks.forEach((name, attack) -> {
            String ball = of(attack);
            if (!ball.isEmpty()) {
                names.merge(ball, name, (known, more) -> known + ", " + more);
            }
        });
        return names.isEmpty()
                ? ""
                : " Threat model: "
                        + names.entrySet().stream()
                                .map(entry -> entry.getValue() + ": " + entry.getKey())
                                .collect(Collectors.joining("; "))
                        + ".";
    }
}
