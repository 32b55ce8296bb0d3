package ardent.attack.cascade;

import ardent.attack.Attack;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Mode;
import ardent.attack.Warning;
import ardent.attack.cascade.CascadeState.Entry;
import ardent.attack.cascade.StageRunner.Misclassified;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a cascade: its stages batch by batch, each written down in memory and on disk and shown. */
public final class CascadeRun implements AutoCloseable {
    private final List<Attack> attacks;
    private final int batch;
    private final long seed;
    private final StageRunner runner;
    private final CascadeState state;
    private final @Nullable Journal journal;
    private final CascadeOptions.Listener listener;
    private final RemainingTime time = new RemainingTime();
    private final long begin = System.nanoTime();

    /** Goes on where the journal ends, if there is one; {@code fingerprint} tells whether it is this run's. */
    public CascadeRun(
            List<Attack> attacks,
            int classes,
            int batch,
            long seed,
            StageRunner runner,
            CascadeOptions options,
            Supplier<String> fingerprint) {
        this.attacks = attacks;
        this.batch = batch;
        this.seed = seed;
        this.runner = runner;
        listener = options.watch();
        state = new CascadeState(runner.size(), attacks, classes);
        Path file = options.journal();
        journal = file == null ? null : Journal.open(file, fingerprint.get(), state, options.renews());
    }

    public CascadeResult result(String name, Mode mode, List<Warning> warnings) {
        int count = runner.size();
        var batches = new BatchBounds(count, batch);
        for (int from = at(0); from < count; from = batches.end(from)) {
            int first = from;
            int to = batches.end(from);
            note(0, to, (double) to / count, () -> runner.clean(first, to));
        }
        for (int stage = 1; stage <= attacks.size() && state.correct() > 0; stage++) {
            Attack attack = attacks.get(stage - 1);
            if (mode == Mode.PARITY) {
                inOrder(stage, attack);
            } else {
                new BatchRefill(this, stage, attack).run();
            }
        }
        return state.result(name, warnings);
    }

    private int at(int stage) {
        return (int) Math.min(state.position(stage), runner.size());
    }

    /** As the reference: the images that were correct when the attack began, in chunks, each with the same seed. */
    private void inOrder(int stage, Attack attack) {
        int[] correct = state.correctBefore(stage);
        var batches = new BatchBounds(correct.length, batch);
        for (int from = at(stage); from < correct.length; from = batches.end(from)) {
            int to = batches.end(from);
            long[] rows = Arrays.stream(correct, from, to).asLongStream().toArray();
            double share = (double) to / correct.length;
            note(stage, to, share, () -> runner.perturbed(attack, rows, Noise.of(seed)));
        }
    }

    /** Does the work of one batch and writes it down: in memory, on disk, to the listener. */
    void note(int stage, long position, double share, Supplier<Misclassified> work) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("The cascade was stopped.");
        }
        time.before(stage, share * state.position(stage) / Math.max(position, 1));
        long start = System.nanoTime();
        Cost before = runner.cost();
        Misclassified m = Tape.read(work);
        long nanos = System.nanoTime() - start;
        Cost cost = runner.cost().since(before);
        var entry = new Entry(stage, position, m.rows(), m.images(), m.outside(), m.unstable(), cost, nanos);
        state.apply(entry);
        if (journal != null) {
            journal.append(entry);
        }
        listener.at(new CascadeOptions.Moment(
                state.name(stage),
                stage + 1,
                attacks.size() + 1,
                share,
                state.correct(),
                state.accuracy(),
                time.left(share),
                (System.nanoTime() - begin) / 1e9));
    }

    int batch() {
        return batch;
    }

    long seed() {
        return seed;
    }

    /** The attacks before a stage. */
    List<Attack> earlier(int stage) {
        return attacks.subList(0, stage - 1);
    }

    StageRunner runner() {
        return runner;
    }

    CascadeState state() {
        return state;
    }

    @Override
    public void close() {
        if (journal != null) {
            journal.close();
        }
    }
}
