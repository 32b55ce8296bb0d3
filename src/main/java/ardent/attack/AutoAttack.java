package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.check.AccuracyChecks;
import ardent.attack.search.TargetClasses;
import ardent.network.Network;
import ardent.network.Precision;
import ardent.provenance.Arguments;
import java.util.List;

/**
 * AutoAttack (Croce and Hein, ICML 2020), the field's standard evaluation: a cascade of {@link Apgd}, {@link ApgdT}, {@link Fab},
 * {@link FabT} and {@link Square} with fixed parameters.
 *
 * <p>For networks of two or three classes its targeted loss is not defined; what runs then has another name.
 *
 * @param ball the threat model
 * @param version which attacks
 * @param mode {@link Mode#PARITY} for the reference's batches, seeds and draws; {@link Mode#FAST} otherwise
 * @param batch images in one batch, at least 1
 * @param seed of all noise
 * @param precision in which it searches, see {@link Cascade}
 */
public record AutoAttack(Ball ball, Version version, Mode mode, int batch, long seed, Precision precision)
        implements StagedAttack {
    private static final int TARGETS = 9;

    /** Which attacks run. */
    public enum Version {
        /** APGD-CE, targeted APGD-DLR, targeted FAB, Square: what papers report. */
        STANDARD,
        /** APGD-CE and APGD-DLR with 5 restarts, FAB with 5 restarts, Square, targeted APGD-DLR, targeted FAB. */
        PLUS,
        /** APGD-CE and APGD-DLR on gradients averaged over 20 passes, for randomised networks. */
        RAND
    }

    /** Checks the batch size. */
    public AutoAttack {
        Arguments.given("ball, version, mode, precision", ball, version, mode, precision);
        Cascade.requireFast(mode, precision);
        Arguments.atLeastOne("image in a batch", batch);
    }

    /**
     * In float32.
     *
     * @param ball the threat model
     * @param version which attacks
     * @param mode how it spends its time
     * @param batch images in one batch, at least 1
     * @param seed of all noise
     */
    public AutoAttack(Ball ball, Version version, Mode mode, int batch, long seed) {
        this(ball, version, mode, batch, seed, Precision.FLOAT32);
    }

    /**
     * The standard version, fast, in batches of 250, from seed 0.
     *
     * @param ball the threat model
     */
    public AutoAttack(Ball ball) {
        this(ball, Version.STANDARD, Mode.FAST, 250, 0);
    }

    /** The field's standard: L∞ 8/255. */
    public AutoAttack() {
        this(new Linf());
    }

    /**
     * In another mode.
     *
     * @param mode how it spends its time
     * @return a changed copy
     */
    public AutoAttack mode(Mode mode) {
        return new AutoAttack(ball, version, mode, batch, seed, precision);
    }

    /**
     * With another batch size.
     *
     * @param batch at least 1
     * @return a changed copy
     */
    public AutoAttack batch(int batch) {
        return new AutoAttack(ball, version, mode, batch, seed, precision);
    }

    /**
     * From another seed.
     *
     * @param seed of all noise
     * @return a changed copy
     */
    @Override
    public AutoAttack seed(long seed) {
        return new AutoAttack(ball, version, mode, batch, seed, precision);
    }

    @Override
    public AutoAttack precision(Precision precision) {
        Arguments.given("precision", precision).require();
        return new AutoAttack(ball, version, mode, batch, seed, precision);
    }

    /**
     * The attacks for a number of classes.
     *
     * @param classes K, at least 2
     * @return the cascade, whose name says so if it is not AutoAttack
     */
    public Cascade cascade(int classes) {
        String name = "AutoAttack"
                + switch (version) {
                    case STANDARD -> "";
                    case PLUS -> "+";
                    case RAND -> " rand";
                };
        boolean few = warnings(classes).stream().anyMatch(warning -> warning.code() == Warning.Code.FEW_CLASSES);
        String shown = few ? "Cascade for " + classes + " classes (not AutoAttack)" : name;
        return new Cascade(shown, attacks(classes), batch, mode, seed, precision);
    }

    @Override
    public List<Attack> attacks(int classes) {
        Goal dlr = Goal.DLR.among(classes);
        Attack apgdT = new ApgdT(ball, Goal.TARGETED_DLR.among(classes), 100, TARGETS, 1, mode);
        Attack fabT = new FabT(ball, 100, TARGETS, 1, mode);
        Attack square = new Square(ball);
        return switch (version) {
            case STANDARD -> List.of(new Apgd(ball, Goal.CE, 100, 1, 1, mode), apgdT, fabT, square);
            case PLUS ->
                List.of(
                        new Apgd(ball, Goal.CE, 100, 5, 1, mode),
                        new Apgd(ball, dlr, 100, 5, 1, mode),
                        new Fab(ball, 100, 5, mode),
                        square,
                        apgdT,
                        fabT);
            case RAND -> List.of(new Apgd(ball, Goal.CE, 100, 1, 20, mode), new Apgd(ball, dlr, 100, 1, 20, mode));
        };
    }

    /** Also says what is not AutoAttack about it where classes are few. */
    @Override
    public CascadeResult run(Network victim, NDArray images, NDArray labels, CascadeOptions options) {
        AttackInputs.check(victim, images, labels);
        int classes = TargetClasses.count(victim, images);
        return cascade(classes).run(victim, images, labels, options, classes, warnings(classes));
    }

    @Override
    public List<Warning> warnings(int classes) {
        return AccuracyChecks.classes(classes, version == Version.RAND ? 0 : TARGETS);
    }

    @Override
    public boolean averagesDraws() {
        return version == Version.RAND;
    }

    @Override
    public String label() {
        return label(TargetClasses.MANY);
    }

    @Override
    public String label(int classes) {
        return cascade(classes).label();
    }
}
