package ardent.evaluate;

import ardent.attack.Attack;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.MaskingChecks;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.elsewhere.Workers;
import ardent.network.EngineEnvironment;
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
import java.util.Set;
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
    private final Environment environment;
    private int first;
    private Set<Integer> shown;
    private @Nullable MeasurementElsewhere elsewhere;
    private long done;
    private long total;

    Measurement(
            Images images, List<? extends Attack> attacks, Protocol protocol, Work.Task task, @Nullable Path journal) {
        this.images = images;
        this.attacks = attacks;
        this.known = Robustness.Attacked.of(attacks, images.classCount());
        this.protocol = protocol;
        this.task = task;
        this.journal = journal;
        this.environment = EngineEnvironment.now();
        this.truth = new TrueLabels(images, protocol, environment);
        this.batches = new BatchBounds(truth.size(), protocol.batchSize());
        this.transfers = new TransferCheck(images, truth, attacks);
        this.shown = ExampleImage.chosen(truth.labels());
    }

    /** The images are a part of others: with the number of their first batch there, and with other images to show. */
    Measurement from(int batch, Set<Integer> shown) {
        this.first = batch;
        this.shown = shown;
        return this;
    }

    /** Others measure, and the evaluation is put together here. */
    Measurement by(Workers workers) {
        elsewhere = new MeasurementElsewhere(workers, images, List.copyOf(attacks), protocol, shown, task);
        return this;
    }

    Robustness run(List<Subject> subjects) {
        List<Description> descriptions =
                subjects.stream().map(Subject::description).toList();
        List<String> names =
                UniqueNames.of(subjects.stream().map(Subject::name).toList(), descriptions, UniqueNames.Kind.NETWORK);
        List<Subject> named = IntStream.range(0, names.size())
                .mapToObj(i -> new Subject(names.get(i), subjects.get(i).network()))
                .toList();
        // The first one is asked for its clean images before anything could be lost.
        named.get(0).requireOrder(images);
        Subject.requireFit(named.subList(1, named.size()), images, attacks);
        total = (long) subjects.size() * (1 + attacks.size()) * batches.count();
        List<Optional<MeasuredPart>> there = elsewhere == null ? List.of() : elsewhere.measure(named);
        var outcomes = new ArrayList<Outcome>();
        for (int i = 0; i < subjects.size(); i++) {
            Optional<MeasuredPart> part = elsewhere != null ? there.get(i) : part(named.get(i));
            if (part.isEmpty()) {
                break;
            }
            outcomes.add(outcome(i, named.get(i), descriptions.get(i), part.get()));
        }
        boolean complete = outcomes.size() == subjects.size()
                && outcomes.stream().allMatch(each -> each.scores().size() == attacks.size());
        if (protocol.checks() && !task.stopping()) {
            for (int i = 0; i < outcomes.size(); i++) {
                outcomes.set(i, transferred(outcomes.get(i), i, named.get(i)));
            }
        }
        task.report(
                names.size() + (names.size() == 1 ? " network" : " networks") + ", " + attacks.size()
                        + (attacks.size() == 1 ? " attack, " : " attacks, ") + truth.size() + " images",
                complete ? total : done,
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
                complete);
    }

    /** With what it was measured: here, or where others did it. */
    Environment environment() {
        return elsewhere == null ? environment : elsewhere.environment(environment);
    }

    private Outcome transferred(Outcome outcome, int place, Subject subject) {
        return outcome.and(transfers.check(place, subject, outcome.clean()));
    }

    /** Measures a network here; empty if it was asked to stop before all images were predicted. */
    Optional<MeasuredPart> part(Subject subject) {
        var pass = new BatchPass(subject.name(), subject.network(), images, batches, first);
        int[] predicted = new int[truth.size()];
        for (int b = 0; b < batches.count(); b++) {
            if (task.stopping()) {
                return Optional.empty();
            }
            pass.clean(b, predicted);
            report(subject.name() + " · clean", predicted, b);
        }
        MaskingChecks checks = protocol.checks() && first == 0 ? pass.checks(attacks) : MaskingChecks.NONE;
        var attacked = new ArrayList<MeasuredPart.Attacked>();
        for (int a = 0; a < attacks.size() && !task.stopping(); a++) {
            attacked(pass, a, predicted).ifPresent(attacked::add);
        }
        return Optional.of(new MeasuredPart(predicted, checks, attacked, environment));
    }

    private Optional<MeasuredPart.Attacked> attacked(BatchPass pass, int a, int[] before) {
        Attack attack = attacks.get(a);
        String label = known.get(a).name();
        String phase = pass.name() + " · " + label;
        var check = new ImageCheck(attack);
        var examples = new ArrayList<ExampleImage.Pair>();
        float[] beginning = {};
        int[] after = new int[truth.size()];
        long start = System.nanoTime();
        Optional<CascadeResult> cascade = attack instanceof StagedAttack staged
                ? pass.cascade(staged, truth.correct(before), journal, task, moment -> report(phase, moment))
                : Optional.empty();
        for (int b = 0; b < batches.count(); b++) {
            if (task.stopping()) {
                return Optional.empty();
            }
            Noise noise = Noise.of(protocol.seed()).fork(first + b);
            BatchPass.Change change = (batch, labels, from) -> cascade.map(c -> c.adversarial(batch, from))
                    .orElseGet(() -> attack.perturb(pass.network(), batch, labels, noise));
            int[] known = cascade.isPresent() ? before : null;
            float[] pixels = pass.attacked(b, change, label, known, after, check, shown, examples);
            beginning = first + b == 0 ? pixels : beginning;
            report(phase, after, b);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        var found = new MeasuredPart.Found(
                check.distances(),
                check.findings(),
                cascade.map(CascadeResult::warnings).orElseGet(() -> attack.warnings(images.classCount())),
                cascade.map(CascadeResult::stages).orElse(List.of()),
                time);
        return Optional.of(new MeasuredPart.Attacked(after, found, examples, beginning));
    }

    private Outcome outcome(int place, Subject subject, Description description, MeasuredPart part) {
        CorrectImages clean = truth.correct(part.before());
        var scores = new ArrayList<Score>();
        for (int a = 0; a < part.attacks().size(); a++) {
            MeasuredPart.Attacked each = part.attacks().get(a);
            transfers.offer(place, attacks.get(a), each.first(), part.before(), each.after());
            scores.add(new Score(
                    known.get(a).name(),
                    known.get(a).description(),
                    clean,
                    truth.correct(each.after()),
                    truth.predicted(description, Optional.of(known.get(a).description()), each.after()),
                    each.found().distances(),
                    each.found().findings(),
                    each.found().warnings(),
                    each.found().stages(),
                    ExampleImage.list(each.examples(), images, truth.labels(), part.before(), each.after()),
                    each.found().time()));
        }
        List<Score> listed = protocol.checks() ? TransferCheck.listed(attacks, scores) : scores;
        PredictedLabels labels = truth.predicted(description, Optional.empty(), part.before());
        return new Outcome(subject.name(), description, clean, labels, part.checks(), listed);
    }

    private void report(String phase, int[] predicted, int batch) {
        done++;
        double rate = truth.correct(predicted, batches.end(batches.from(batch))).rate();
        task.report(phase, done, total, Map.of("accuracy", String.format(Locale.ROOT, "%.1f %%", 100 * rate)));
    }

    private void report(String phase, CascadeOptions.Moment moment) {
        double share = (moment.number() - 1 + moment.share()) / moment.stages();
        task.report(
                phase + " · " + moment.stage(), done + (long) (share * (batches.count() - 1)), total, moment.figures());
    }
}
