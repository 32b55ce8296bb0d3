package ardent.evaluate;

import ardent.attack.Attack;
import ardent.attack.Diagnosis;
import ardent.attack.Verdict;
import ardent.attack.Watch;
import ardent.data.Images;
import ardent.network.Network;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.tribuo.classification.evaluation.LabelEvaluation;

/** One evaluation at work. */
final class Measurement {
    /** What is said of the data: where they come from, and what was done to them. */
    record Tested(Description data, Optional<Description> attack, Protocol protocol) {}

    private final Images images;
    private final List<? extends Attack> attacks;
    private final List<Robustness.Attacked> known;
    private final Protocol protocol;
    private final Work.Task task;
    private final Description data;
    private final int[] truth;
    private long done;
    private long total;

    Measurement(Images images, List<? extends Attack> attacks, Protocol protocol, Work.Task task) {
        this.images = images;
        this.attacks = attacks;
        List<Description> descriptions = attacks.stream().map(Description::of).toList();
        List<String> names = Titles.of(attacks.stream().map(Attack::label).toList(), descriptions, true);
        this.known = IntStream.range(0, names.size())
                .mapToObj(i -> new Robustness.Attacked(names.get(i), descriptions.get(i)))
                .toList();
        this.protocol = protocol;
        this.task = task;
        this.data = Description.of(images.origin());
        this.truth = IntStream.range(0, images.size()).map(images::label).toArray();
    }

    Robustness run(List<Subject> subjects) {
        List<Description> descriptions =
                subjects.stream().map(Subject::description).toList();
        List<String> names = Titles.of(subjects.stream().map(Subject::name).toList(), descriptions, false);
        total = (long) subjects.size() * (1 + attacks.size()) * batches();
        var outcomes = new ArrayList<Outcome>();
        for (int i = 0; i < subjects.size() && !task.stopping(); i++) {
            outcome(subjects.get(i), names.get(i), descriptions.get(i)).ifPresent(outcomes::add);
        }
        task.report(
                names.size() + (names.size() == 1 ? " network" : " networks") + ", " + attacks.size()
                        + (attacks.size() == 1 ? " attack, " : " attacks, ") + truth.length + " images",
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
                data,
                truth.length,
                protocol,
                done == total);
    }

    private Optional<Outcome> outcome(Subject subject, String name, Description description) {
        var predictor = new Predictor(name, subject.network(), images.classCount());
        var pass = new Pass(predictor, images, protocol.batchSize());
        int[] predicted = new int[truth.length];
        for (int b = 0; b < batches(); b++) {
            if (task.stopping()) {
                return Optional.empty();
            }
            pass.clean(b, predicted);
            told(name + " · clean", predicted, b);
        }
        Hits clean = hits(predicted);
        Diagnosis diagnosis = Checkup.of(subject.network(), images, attacks, protocol);
        var scores = new ArrayList<Score>();
        for (int a = 0; a < attacks.size() && !task.stopping(); a++) {
            score(pass, subject.network(), a, name, description, predicted).ifPresent(scores::add);
        }
        LabelEvaluation evaluation = evaluation(description, Optional.empty(), predicted);
        return Optional.of(new Outcome(name, description, clean, evaluation, diagnosis, scores));
    }

    private Optional<Score> score(Pass pass, Network victim, int a, String name, Description network, int[] before) {
        Attack attack = attacks.get(a);
        String label = known.get(a).name();
        Description description = known.get(a).description();
        var inspection = new Inspection(attack);
        var specimens = new Specimens(images, truth);
        int[] after = new int[truth.length];
        long start = System.nanoTime();
        Optional<Verdict> verdict =
                Whole.run(attack, victim, images, task, moment -> told(name + " · " + label, moment));
        for (int b = 0; b < batches(); b++) {
            if (task.stopping()) {
                return Optional.empty();
            }
            Noise noise = Noise.of(protocol.seed()).fork(b);
            Pass.Change change = (clean, labels, first) -> verdict.map(v -> v.adversarial(clean, first))
                    .orElseGet(() -> attack.perturb(victim, clean, labels, noise));
            pass.attacked(b, change, label, after, inspection, specimens);
            told(name + " · " + label, after, b);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        Hits clean = hits(before);
        Hits adversarial = hits(after);
        Map<String, Double> byClass = byClass(clean.and(adversarial));
        List<String> missing = images.classes().stream()
                .filter(each -> !byClass.containsKey(each))
                .toList();
        return Optional.of(new Score(
                label,
                description,
                clean,
                adversarial,
                byClass,
                missing,
                evaluation(network, Optional.of(description), after),
                inspection.distances(),
                inspection.findings(),
                verdict.map(Verdict::warnings).orElse(List.of()),
                verdict.map(Verdict::stages).orElse(List.of()),
                specimens.list(before, after),
                time));
    }

    private int batches() {
        return (truth.length + protocol.batchSize() - 1) / protocol.batchSize();
    }

    private Hits hits(int[] predicted) {
        return Hits.of(truth.length, i -> predicted[i] == truth[i]);
    }

    private void told(String phase, int[] predicted, int batch) {
        done++;
        int seen = Math.min(truth.length, (batch + 1) * protocol.batchSize());
        double rate = Hits.of(seen, i -> predicted[i] == truth[i]).rate();
        task.report(phase, done, total, Map.of("accuracy", String.format(Locale.ROOT, "%.1f %%", 100 * rate)));
    }

    private void told(String phase, Watch.Moment moment) {
        double share = (moment.number() - 1 + moment.share()) / moment.stages();
        task.report(phase + " · " + moment.stage(), done + (long) (share * (batches() - 1)), total, moment.figures());
    }

    private Map<String, Double> byClass(Hits robust) {
        int[] right = new int[images.classCount()];
        int[] all = new int[images.classCount()];
        for (int i = 0; i < truth.length; i++) {
            all[truth[i]]++;
            right[truth[i]] += robust.at(i) ? 1 : 0;
        }
        var rates = new LinkedHashMap<String, Double>();
        for (int k = 0; k < all.length; k++) {
            if (all[k] > 0) {
                rates.put(images.classes().get(k), (double) right[k] / all[k]);
            }
        }
        return rates;
    }

    private LabelEvaluation evaluation(Description network, Optional<Description> attack, int[] predicted) {
        Description tested = Description.of(new Tested(data, attack, protocol));
        return Tribuo.evaluate(network, tested, images.classes(), truth, predicted);
    }
}
