package ardent.evaluate;

import ardent.attack.Attack;
import ardent.attack.CascadeListener;
import ardent.attack.CascadeResult;
import ardent.attack.MaskingChecks;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.network.EngineEnvironment;
import ardent.network.Network;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.tensor.BatchBounds;
import ardent.tensor.Noise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One evaluation at work. */
final class Measurement {
    private final Images images;
    private final List<? extends Attack> attacks;
    private final List<Robustness.Attacked> known;
    private final Protocol protocol;
    private final Work.Task task;
    private final @Nullable Path journal;
    private final TrueLabels truth;
    private final BatchBounds batches;
    private final TransferCheck transfers;
    private long done;
    private long total;

    Measurement(
            Images images, List<? extends Attack> attacks, Protocol protocol, Work.Task task, @Nullable Path journal) {
        this.images = images;
        this.attacks = attacks;
        List<Description> descriptions = attacks.stream().map(Description::of).toList();
        List<String> names =
                UniqueNames.of(attacks.stream().map(Attack::label).toList(), descriptions, UniqueNames.Kind.ATTACK);
        this.known = IntStream.range(0, names.size())
                .mapToObj(i -> new Robustness.Attacked(names.get(i), descriptions.get(i)))
                .toList();
        this.protocol = protocol;
        this.task = task;
        this.journal = journal;
        Environment environment = EngineEnvironment.now();
        this.truth = new TrueLabels(images, protocol, environment);
        this.batches = new BatchBounds(truth.size(), protocol.batchSize());
        this.transfers = new TransferCheck(images, truth, attacks);
    }

    Robustness run(List<Subject> subjects) {
        List<Description> descriptions =
                subjects.stream().map(Subject::description).toList();
        List<String> names =
                UniqueNames.of(subjects.stream().map(Subject::name).toList(), descriptions, UniqueNames.Kind.NETWORK);
        total = (long) subjects.size() * (1 + attacks.size()) * batches.count();
        var outcomes = new ArrayList<Outcome>();
        for (int i = 0; i < subjects.size() && !task.stopping(); i++) {
            outcome(i, subjects.get(i), names.get(i), descriptions.get(i)).ifPresent(outcomes::add);
        }
        if (protocol.checks() && !task.stopping()) {
            for (int i = 0; i < outcomes.size(); i++) {
                outcomes.set(i, transferred(outcomes.get(i), i, subjects.get(i)));
            }
        }
        task.report(
                names.size() + (names.size() == 1 ? " network" : " networks") + ", " + attacks.size()
                        + (attacks.size() == 1 ? " attack, " : " attacks, ") + truth.size() + " images",
                done,
                total,
                Map.of());
        if (outcomes.isEmpty()) {
            throw new CancellationException("The evaluation was stopped before the first network was predicted.");
        }
        return new Robustness(
                outcomes,
                known,
                images.classes(),
                images.origin().toString(),
                truth.data(),
                truth.size(),
                protocol,
                done == total);
    }

    private Outcome transferred(Outcome outcome, int place, Subject subject) {
        var named = new Subject(outcome.name(), subject.network());
        return outcome.and(transfers.check(place, named, outcome.clean()));
    }

    private Optional<Outcome> outcome(int place, Subject subject, String name, Description description) {
        var pass = new BatchPass(name, subject.network(), images, batches);
        int[] predicted = new int[truth.size()];
        for (int b = 0; b < batches.count(); b++) {
            if (task.stopping()) {
                return Optional.empty();
            }
            pass.clean(b, predicted);
            report(name + " · clean", predicted, b);
        }
        CorrectImages clean = truth.correct(predicted);
        MaskingChecks checks = protocol.checks() ? pass.checks(attacks) : MaskingChecks.NONE;
        var scores = new ArrayList<Score>();
        for (int a = 0; a < attacks.size() && !task.stopping(); a++) {
            score(pass, place, subject.network(), a, name, description, predicted)
                    .ifPresent(scores::add);
        }
        List<Score> listed = protocol.checks() ? TransferCheck.listed(attacks, scores) : scores;
        PredictedLabels labels = truth.predicted(description, Optional.empty(), predicted);
        return Optional.of(new Outcome(name, description, clean, labels, checks, listed));
    }

    private Optional<Score> score(
            BatchPass pass, int place, Network victim, int a, String name, Description network, int[] before) {
        Attack attack = attacks.get(a);
        String label = known.get(a).name();
        Description description = known.get(a).description();
        var check = new ImageCheck(attack);
        var examples = new ExampleImage.Chosen(images, truth.labels());
        CorrectImages clean = truth.correct(before);
        int[] after = new int[truth.size()];
        long start = System.nanoTime();
        Optional<CascadeResult> cascade = attack instanceof StagedAttack staged
                ? pass.cascade(staged, clean, journal, task, moment -> report(name + " · " + label, moment))
                : Optional.empty();
        for (int b = 0; b < batches.count(); b++) {
            if (task.stopping()) {
                return Optional.empty();
            }
            Noise noise = Noise.of(protocol.seed()).fork(b);
            BatchPass.Change change = (batch, labels, first) -> cascade.map(c -> c.adversarial(batch, first))
                    .orElseGet(() -> attack.perturb(victim, batch, labels, noise));
            float[] pixels = pass.attacked(b, change, label, after, check, examples);
            if (b == 0) {
                transfers.offer(place, attack, pixels, before, after);
            }
            report(name + " · " + label, after, b);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        CorrectImages adversarial = truth.correct(after);
        return Optional.of(new Score(
                label,
                description,
                clean,
                adversarial,
                truth.predicted(network, Optional.of(description), after),
                check.distances(),
                check.findings(),
                cascade.map(CascadeResult::warnings).orElse(List.of()),
                cascade.map(CascadeResult::stages).orElse(List.of()),
                examples.list(before, after),
                time));
    }

    private void report(String phase, int[] predicted, int batch) {
        done++;
        double rate = truth.correct(predicted, batches.end(batches.from(batch))).rate();
        task.report(phase, done, total, Map.of("accuracy", String.format(Locale.ROOT, "%.1f %%", 100 * rate)));
    }

    private void report(String phase, CascadeListener.Moment moment) {
        double share = (moment.number() - 1 + moment.share()) / moment.stages();
        task.report(
                phase + " · " + moment.stage(), done + (long) (share * (batches.count() - 1)), total, moment.figures());
    }
}
