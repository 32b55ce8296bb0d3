package ardent.ledger;

import ardent.attack.Attack;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.evaluate.Evidence;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Change;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.tensor.Torch;
import ardent.train.Account;
import ardent.train.Epoch;
import ardent.train.Run;
import ardent.train.Runs;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes a run once more from its folder, evaluations included, and compares. */
public final class Repeat {
    private Repeat() {}

    /** What a training gave, without how long it took. */
    private record Outcome(String weights, int best, List<Past> epochs) {
        static Description of(Account account) {
            String weights = Classifier.origin(account.student()).at("weights").orElse("");
            return of(weights, account.best().map(Epoch::number).orElse(0), account.history());
        }

        static Description of(Run run) {
            String weights = ((Run.Description) run.student().origin()).weights();
            return of(weights, run.best(), run.history());
        }

        private static Description of(String weights, int best, List<Epoch> history) {
            return Description.of(
                    new Outcome(weights, best, history.stream().map(Past::of).toList()));
        }
    }

    private record Past(int number, double loss, double clean, double robust, double rate) {
        static Past of(Epoch epoch) {
            return new Past(epoch.number(), epoch.loss(), epoch.clean(), epoch.robust(), epoch.rate());
        }
    }

    /** An evaluation to be repeated. */
    private record Question(Description evidence, Images images, List<Attack> attacks, Protocol protocol) {
        static Question of(Description evidence) {
            return new Question(
                    evidence,
                    Recall.of((Origin) evidence.part("data").rebuild()),
                    Scores.attacks(evidence).stream()
                            .map(attack -> (Attack) attack.part("attack").rebuild())
                            .toList(),
                    (Protocol) evidence.part("protocol").rebuild());
        }

        /** The evidence now; empty if the task was stopped. */
        Optional<Description> ask(Classifier student, Work.Task task) {
            Robustness robustness = Robustness.measure(List.of(Subject.of(student)), images, attacks, protocol, task);
            return robustness.complete()
                    ? Optional.of(Description.of(
                            Evidence.of(robustness, robustness.outcomes(), environment(), Instant.now())))
                    : Optional.empty();
        }
    }

    /**
     * Trains and evaluates as a run's folder says.
     *
     * @param path folder of a run that is finished
     * @param given parts that no description can build, such as a method of a notebook's cell
     * @param root where the repetition is kept, or null for nowhere
     * @param task hears of progress and tells when to stop
     * @return what differs
     * @throws IllegalArgumentException in one sentence and before work starts, if the run is not finished or damaged, or if
     *     a part of it cannot be built again
     */
    public static Reproduction run(Path path, Runs.Given given, @Nullable Path root, Work.Task task) {
        Entry then = Entry.of(path);
        if (!then.account().state().equals("finished")) {
            throw new IllegalArgumentException(
                    "The run " + path + " is " + then.account().state()
                            + ", and only one that is finished can be reproduced: resume(path) first.");
        }
        Description before = Outcome.of(then.account());
        Description begun = Runs.charter(path).part("environment");
        List<Question> questions = then.scores().stream().map(Question::of).toList();
        Runs.Parts parts = Runs.parts(path, given);
        var made = new AtomicReference<Run>();
        Runs.train(parts, root, task, made::set);
        Run run = Objects.requireNonNull(made.get());
        var results = new ArrayList<>(Change.between(before, Outcome.of(run), "training"));
        int asked = run.stopped() ? 0 : ask(questions, run, task, results);
        List<Change> environment = Change.between(begun, Description.of(environment()), "environment");
        return new Reproduction(
                path,
                Optional.ofNullable(run.folder()),
                results,
                environment,
                !run.stopped() && asked == questions.size(),
                asked);
    }

    /** Repeats evaluations and returns how many came to their end. */
    private static int ask(List<Question> questions, Run run, Work.Task task, List<Change> results) {
        for (int i = 0; i < questions.size(); i++) {
            Description then = questions.get(i).evidence();
            Optional<Description> now = questions.get(i).ask(run.student(), task);
            if (now.isEmpty()) {
                return i;
            }
            if (run.folder() != null) {
                Scores.keep(run.folder(), now.get());
            }
            results.addAll(Change.between(then.essence(), now.get().essence(), "scores[" + i + "]"));
        }
        return questions.size();
    }

    private static Environment environment() {
        return Environment.of(Torch.version(), Torch.device().toString(), Torch.threads());
    }
}
