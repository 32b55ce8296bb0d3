package ardent.grid;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.attack.CascadeListener;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.evaluate.CorrectImages;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Score;
import ardent.evaluate.Subject;
import ardent.evaluate.UniqueNames;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** One measure of a grid: clean accuracy, or that under one attack. */
final class CellMeasure {
    /** What determines how a student fares. */
    private record Question(String weights, Origin test, Optional<Attack> attack, Protocol protocol) {}

    private final String name;
    private final @Nullable Attack attack;
    private final Images test;
    private final Protocol protocol;

    private CellMeasure(String name, @Nullable Attack attack, Images test, Protocol protocol) {
        this.name = name;
        this.attack = attack;
        this.test = test;
        this.protocol = protocol;
    }

    /** Clean accuracy and then every attack. */
    static List<CellMeasure> all(Grid grid) {
        var judges = new ArrayList<CellMeasure>();
        judges.add(new CellMeasure(GridCells.CLEAN, null, grid.test(), grid.protocol()));
        List<Attack> attacks = grid.attacks();
        List<String> names = UniqueNames.of(
                attacks.stream().map(Attack::label).toList(),
                attacks.stream().map(Description::of).toList(),
                UniqueNames.Kind.ATTACK);
        for (int i = 0; i < attacks.size(); i++) {
            judges.add(new CellMeasure(names.get(i), attacks.get(i), grid.test(), grid.protocol()));
        }
        return judges;
    }

    String name() {
        return name;
    }

    /** Whether the description of the attack tells all. */
    boolean told() {
        return attack == null || Description.of(attack).repeatable();
    }

    Description key(String weights) {
        return Description.of(new Question(weights, test.origin(), Optional.ofNullable(attack), protocol));
    }

    Path file(Path place, Description key) {
        return place.resolve(GridFolder.named(name, key) + ".json");
    }

    /** @throws CancellationException if the task was stopped */
    Measured measure(Classifier student, Description key, Path file, Work.Task task) {
        long start = System.nanoTime();
        if (attack instanceof StagedAttack staged) {
            CascadeResult verdict = verdict(staged, student, journal(file), task);
            boolean[] robust = verdict.robust();
            List<String> doubts =
                    verdict.warnings().stream().map(Object::toString).toList();
            return measured(key, CorrectImages.of(robust.length, i -> robust[i]), doubts, start);
        }
        List<Attack> attacks = attack == null ? List.of() : List.of(attack);
        Robustness robustness = Robustness.measure(List.of(Subject.of(student)), test, attacks, protocol, task);
        if (!robustness.complete()) {
            throw new CancellationException(name + " was stopped.");
        }
        var outcome = robustness.outcomes().get(0);
        if (outcome.scores().isEmpty()) {
            return measured(key, outcome.clean(), List.of(), start);
        }
        Score score = outcome.scores().get(0);
        List<String> doubts = score.findings().stream().map(Object::toString).toList();
        return measured(key, score.robust(), doubts, start);
    }

    private static Measured measured(Description key, CorrectImages hits, List<String> doubts, long start) {
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Measured(key, Measured.text(hits), doubts, took, Instant.now(), CellTraining.environment());
    }

    /** A cascade writes a journal, so that hours of it go on where they were cut off. */
    private CascadeResult verdict(StagedAttack staged, Classifier student, Path journal, Work.Task task) {
        try (NDArray clean = test.pixels(Torch.manager());
                NDArray labels = test.labels(Torch.manager())) {
            CascadeOptions course = new CascadeOptions().journal(journal).watch(moment -> tell(task, moment));
            try {
                return staged.run(student, clean, labels, course);
            } catch (IllegalArgumentException e) {
                if (!Files.exists(journal)) {
                    throw e;
                }
                remove(journal); // of another run, or damaged at its very beginning
                return staged.run(student, clean, labels, course);
            }
        }
    }

    private void tell(Work.Task task, CascadeListener.Moment moment) {
        if (task.stopping()) {
            throw new CancellationException(name + " was stopped in its stage " + moment.stage() + ".");
        }
        long done = Math.round(1000 * (moment.number() - 1 + moment.share()));
        task.report(name + " " + moment.stage(), done, 1000L * moment.stages(), moment.figures());
    }

    private static Path journal(Path file) {
        return file.resolveSibling(file.getFileName() + ".journal");
    }

    /** Removes the journal of a measure that is kept. */
    void forget(Path file) {
        remove(journal(file));
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be removed.", e);
        }
    }
}
