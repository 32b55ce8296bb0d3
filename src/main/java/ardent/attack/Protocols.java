package ardent.attack;

import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The evaluations of published papers, as their code runs them. All use the last iterate of every image, one run unless
 * said otherwise, and count the images classified correctly.
 *
 * <p>Where a script clamps to [0, 1] before the ball and another one after it, the points are the same up to one unit in
 * the last place, because the clean image lies in both; that order is not kept.
 */
public final class Protocols {
    private static final Linf EIGHT = new Linf();
    private static final float TWO = 2 / 255f;

    private Protocols() {}

    /**
     * A published evaluation.
     *
     * @param name paper and year
     * @param attacks its attacks, in the order of its table
     */
    public record Preset(String name, List<Attack> attacks) {
        /** Keeps the attacks as they are. */
        public Preset {
            Arguments.given("name", name);
            attacks = Arguments.all("attacks", attacks);
        }
    }

    /**
     * TRADES (Zhang et al., ICML 2019): ε = 0.031, 20 steps of 0.003 from a uniform start that is not clamped.
     *
     * @return the evaluation
     */
    public static Preset trades2019() {
        return new Preset("TRADES 2019", List.of(new Pgd(new Linf(0.031f), 0.003f, 20, new Start.Uniform(false))));
    }

    /**
     * RSLAD (Zi et al., ICCV 2021): FGSM, PGD with 2/255 and with 0.003, CW∞ with 30 steps, AutoAttack. Its repository
     * has no CW∞; this one starts as IAD's.
     *
     * @return the evaluation
     */
    public static Preset rslad2021() {
        return new Preset(
                "RSLAD 2021",
                List.of(new Fgsm(EIGHT), pgd(TWO), pgd(0.003f), CwLinf.iad(EIGHT), new AutoAttack(EIGHT)));
    }

    /**
     * IAD (Zhu et al., ICLR 2022): FGSM from a uniform start, PGD with 2/255, CW∞ with 30 steps from a uniform start.
     *
     * @return the evaluation
     */
    public static Preset iad2022() {
        return new Preset("IAD 2022", List.of(new Fgsm(EIGHT, Start.uniform()), pgd(TWO), CwLinf.iad(EIGHT)));
    }

    /**
     * Fair-ARD (2023): FGSM from normal noise of 0.001, PGD with 2/255, CW∞ with 20 steps, and what torchattacks calls
     * AutoAttack: ten steps instead of 100 and a stretched schedule for Square.
     *
     * @return the evaluation
     */
    public static Preset fairArd2023() {
        Attack ten = new Cascade(
                "AutoAttack of torchattacks (not AutoAttack)",
                List.of(
                        new Apgd(EIGHT).steps(10),
                        new ApgdT(EIGHT).steps(10),
                        new FabT(EIGHT, 10, 9, 1, Mode.PARITY),
                        new Square(EIGHT, 5000, 1, 0.8, true)),
                250,
                Mode.FAST,
                0);
        return new Preset(
                "Fair-ARD 2023", List.of(new Fgsm(EIGHT, Start.gauss()), pgd(TWO), CwLinf.fairArd(EIGHT), ten));
    }

    /**
     * CIARD (2025): FGSM, PGD with 2/255 and with 0.003, CW∞ with 30 steps from the clean image, clamped to [0, 1] at
     * the end only, AutoAttack in batches of 128.
     *
     * @return the evaluation
     */
    public static Preset ciard2025() {
        return new Preset(
                "CIARD 2025",
                List.of(new Fgsm(EIGHT), pgd(TWO), pgd(0.003f), CwLinf.ciard(EIGHT), new AutoAttack(EIGHT).batch(128)));
    }

    /**
     * SAAD: FGSM, PGD with 2/255, the margin loss without confidence in 50 steps of 2/255 from 10 starts, AutoAttack. Its
     * script keeps the start with the highest cross-entropy, this one the first that succeeds: the same images break.
     *
     * @return the evaluation
     */
    public static Preset saad2025() {
        Attack margin = new CwLinf(EIGHT, TWO, 50, 0, Start.uniform(), true);
        return new Preset(
                "SAAD 2025", List.of(new Fgsm(EIGHT), pgd(TWO), new Restarts(margin, 10), new AutoAttack(EIGHT)));
    }

    private static Pgd pgd(float stride) {
        return new Pgd(EIGHT, stride, 20, Start.uniform());
    }

    /**
     * In what two records, such as attacks or presets, differ.
     *
     * @param one a record
     * @param other another one
     * @return lines such as {@code steps: 10 instead of 100}; none if they are equal
     */
    public static List<String> difference(Record one, Record other) {
        var here = new LinkedHashMap<>(Description.of(one).flat());
        var there = new LinkedHashMap<>(Description.of(other).flat());
        var paths = new LinkedHashSet<>(here.keySet());
        paths.addAll(there.keySet());
        var lines = new ArrayList<String>();
        for (String path : paths) {
            String left = here.getOrDefault(path, "nothing");
            String right = there.getOrDefault(path, "nothing");
            if (!left.equals(right)) {
                lines.add(path + ": " + left + " instead of " + right);
            }
        }
        return lines;
    }
}
