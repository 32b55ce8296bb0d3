package ardent.attack.cascade;

import ardent.attack.Attack;
import ardent.attack.Cascade;
import ardent.attack.CascadeListener;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Cost;
import ardent.attack.Mode;
import ardent.attack.Warning;
import ardent.attack.cascade.CascadeState.Entry;
import ardent.attack.cascade.StageRunner.Casualties;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One run of a cascade: its stages batch by batch, each written down in memory and on disk and shown. */
public final class CascadeRun implements AutoCloseable {
    private final Cascade cascade;
    private final StageRunner judge;
    private final CascadeState ledger;
    private final @Nullable Journal journal;
    private final CascadeListener watch;
    private final WorkerPool crew;
    private final RemainingTime pace = new RemainingTime();
    private final long begin = System.nanoTime();

    /** Goes on where the journal ends, if there is one; {@code fingerprint} tells whether it is this run's. */
    public CascadeRun(
            Cascade cascade, StageRunner judge, WorkerPool crew, CascadeOptions course, Supplier<String> fingerprint) {
        this.cascade = cascade;
        this.judge = judge;
        this.crew = crew;
        watch = course.watch();
        var names = new ArrayList<String>(List.of("clean"));
        cascade.attacks().forEach(attack -> names.add(attack.label()));
        ledger = new CascadeState(judge.size(), names);
        Path file = course.journal();
        journal = file == null ? null : Journal.open(file, fingerprint.get(), ledger);
    }

    public CascadeResult verdict(List<Warning> warnings) {
        int count = judge.size();
        var batches = new BatchBounds(count, cascade.batch());
        for (int from = at(0); from < count; from = batches.end(from)) {
            int first = from;
            int to = batches.end(from);
            note(0, to, (double) to / count, () -> judge.clean(first, to));
        }
        for (int stage = 1; stage <= cascade.attacks().size() && ledger.standing() > 0; stage++) {
            Attack attack = cascade.attacks().get(stage - 1);
            if (cascade.mode() == Mode.PARITY) {
                inOrder(stage, attack);
            } else {
                new BatchRefill(this, stage, attack).run();
            }
        }
        return ledger.verdict(cascade.name(), warnings);
    }

    private int at(int stage) {
        return (int) Math.min(ledger.position(stage), judge.size());
    }

    /** As the reference: the images that stood when the attack began, in chunks, each with the same seed. */
    private void inOrder(int stage, Attack attack) {
        int[] standing = ledger.standingAt(stage);
        var batches = new BatchBounds(standing.length, cascade.batch());
        for (int from = at(stage); from < standing.length; from = batches.end(from)) {
            int to = batches.end(from);
            long[] rows = new long[to - from];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = standing[from + i];
            }
            double share = (double) to / standing.length;
            note(stage, to, share, () -> judge.perturbed(attack, rows, Noise.of(cascade.seed())));
        }
    }

    /** Does the work of one batch and writes it down: in memory, on disk, to the watch. */
    void note(int stage, long position, double share, Supplier<Casualties> work) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("The cascade was stopped.");
        }
        pace.before(stage, share * ledger.position(stage) / Math.max(position, 1));
        long start = System.nanoTime();
        Cost before = judge.cost();
        var found = new Casualties[1];
        Tape.free(() -> found[0] = work.get());
        Casualties c = found[0];
        long nanos = System.nanoTime() - start;
        Cost cost = judge.cost().since(before);
        var entry = new Entry(stage, position, c.rows(), c.images(), c.outside(), c.unstable(), cost, nanos);
        ledger.apply(entry);
        if (journal != null) {
            journal.append(entry);
        }
        String name = stage == 0 ? "clean" : cascade.attacks().get(stage - 1).label();
        watch.at(new CascadeListener.Moment(
                name,
                stage + 1,
                cascade.attacks().size() + 1,
                share,
                ledger.standing(),
                ledger.accuracy(),
                pace.left(share),
                (System.nanoTime() - begin) / 1e9));
    }

    Cascade cascade() {
        return cascade;
    }

    StageRunner judge() {
        return judge;
    }

    CascadeState ledger() {
        return ledger;
    }

    WorkerPool crew() {
        return crew;
    }

    @Override
    public void close() {
        if (journal != null) {
            journal.close();
        }
    }
}
