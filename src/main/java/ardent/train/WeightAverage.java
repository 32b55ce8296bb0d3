package ardent.train;

import ai.djl.ndarray.NDArray;
import ardent.network.Classifier;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The average of a network's weights along their way, and the network that has it. */
final class WeightAverage implements AutoCloseable {
    private final Averaging rule;
    private final Classifier student;
    private final Consumer<Classifier> calibration;
    private @Nullable Classifier bearer;
    private int count;
    private int latest;
    private boolean calibrated = true;

    /**
     * Nothing averaged yet.
     *
     * @param rule what to average
     * @param student whose weights
     * @param calibration measures the running statistics of a network anew
     */
    WeightAverage(Averaging rule, Classifier student, Consumer<Classifier> calibration) {
        this.rule = rule;
        this.student = student;
        this.calibration = calibration;
    }

    void afterStep() {
        if (rule instanceof Averaging.Ema ema) {
            take(count == 0 ? 1 : 1 - ema.decay());
        }
    }

    /** Learns that the steps of an epoch are done, each epoch once however often it is told. */
    void afterEpoch(int epoch) {
        if (rule instanceof Averaging.Swa swa && epoch >= swa.from() && epoch > latest) {
            latest = epoch;
            take(1.0 / (count + 1));
            calibrated = false;
        }
    }

    private void take(double share) {
        if (bearer == null) {
            bearer = student.copy();
            bearer.freeze(true);
        }
        bearer.layers().blend(student.layers().all(), share);
        count++;
    }

    /** Whether there is an average apart from the student. */
    boolean isApart() {
        return bearer != null;
    }

    /** The network to judge: the one with the average, with statistics that fit it, or the student before there is one. */
    Classifier network() {
        Classifier network = bearer;
        if (network == null) {
            return student;
        }
        if (!calibrated) {
            calibration.accept(network);
            calibrated = true;
        }
        return network;
    }

    /**
     * What is averaged so far.
     *
     * @param count how many weights
     * @param latest the last epoch that counted, 0 before the first
     * @param calibrated whether the running statistics fit
     */
    record Progress(int count, int latest, boolean calibrated) {
        /** Nothing is averaged. */
        static final Progress NONE = new Progress(0, 0, true);
    }

    Progress progress() {
        return new Progress(count, latest, calibrated);
    }

    /** The arrays of the average by name, none before there is one. */
    Map<String, NDArray> arrays() {
        return bearer == null ? Map.of() : bearer.layers().all();
    }

    /** Goes on where another average was. */
    void restore(Progress progress, Map<String, NDArray> arrays) {
        if (!arrays.isEmpty()) {
            take(1);
            Objects.requireNonNull(bearer).layers().set(arrays);
        }
        count = progress.count;
        latest = progress.latest;
        calibrated = progress.calibrated;
    }

    @Override
    public void close() {
        if (bearer != null) {
            bearer.close();
        }
    }
}
