package ardent.report;

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
        Map<String, String> flat = attack.flat();
        return radius(flat, "")
                .map(path -> {
                    String ball = path.equals("radius") ? "" : flat.getOrDefault(path.replaceAll("\\.radius$", ""), "");
                    return ball.replace("Linf", "L∞") + " ≤ "
                            + attack.shown(path).orElse("");
                })
                .orElse("");
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
