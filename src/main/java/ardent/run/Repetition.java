package ardent.run;

import ardent.attack.Attack;
import ardent.data.DataException;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.evaluate.Evidence;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.Classifier;
import ardent.network.EngineEnvironment;
import ardent.progress.Work;
import ardent.provenance.Change;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.train.Epoch;
import ardent.train.Run;
import ardent.train.TrainingLoop;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a run once more from its folder, evaluations included, and compares. */
public final class Repetition {
    /** What depends on the networks that were evaluated beside it: what the table calls it, and checks from one to another. */
    private static final String AMONG_OTHERS = "\\.networks\\[0]\\.(name|checks\\..*)";

    private Repetition() {}

    /** What a training gave, without how long it took. */
    private record Outcome(String weights, int best, List<Past> epochs) {
        static Description of(RunSummary account) {
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
        static Past of(Epoch epoch) { // runs of 0.1.0 tell the clean accuracy twice where nothing was attacked
            double robust = Double.isNaN(epoch.robust()) ? epoch.clean() : epoch.robust();
            return new Past(epoch.number(), epoch.loss(), epoch.clean(), robust, epoch.rate());
        }
    }

    /** An evaluation to be repeated. */
    private record Question(Description evidence, Images images, List<Attack> attacks, Protocol protocol) {
        static Question of(Path path, Description evidence, @Nullable Images data, List<Images> test) {
            return new Question(
                    evidence,
                    images(path, (Origin) evidence.part("data").rebuild(), data, test),
                    Scores.attacks(evidence).stream()
                            .map(attack -> attack(path, attack.part("attack")))
                            .toList(),
                    (Protocol) evidence.part("protocol").rebuild());
        }

        private static Images images(Path path, Origin origin, @Nullable Images data, List<Images> test) {
            Optional<Images> among = Stream.concat(test.stream(), Stream.ofNullable(data))
                    .flatMap(images -> Recall.from(images, origin).stream())
                    .findFirst();
            try {
                return among.orElseGet(() -> Recall.of(origin));
            } catch (DataException e) {
                test.stream()
                        .map(Images::origin)
                        .filter(given -> given.name().equals(origin.name())
                                && given.split().equals(origin.split()))
                        .findFirst()
                        .ifPresent(given -> {
                            throw new IllegalArgumentException(
                                    "The images given are not those that the student of the run " + path
                                            + " was evaluated on, " + origin + ": " + Recall.difference(given, origin)
                                            + "; the same files and choices are needed.",
                                    e);
                        });
                throw new IllegalArgumentException(
                        e.getMessage() + " The student of the run " + path + " was evaluated on them; give them as"
                                + " the last argument: reproduce(path, images, test), or"
                                + " reproduce(path, architecture, method, images, test).",
                        e);
            }
        }

        private static Attack attack(Path path, Description attack) {
            try {
                return (Attack) attack.rebuild();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        e.getMessage() + " The student of the run " + path
                                + " was evaluated under it: train it once more"
                                + " by rerun(path), and evaluate that student.",
                        e);
            }
        }

        Robustness ask(Classifier student, Work.Task task) {
            return Robustness.measure(List.of(Subject.of(student)), images, attacks, protocol, task);
        }
    }

    /**
     * Trains and evaluates as a run's folder says.
     *
     * @param path folder of a run that is finished
     * @param given parts that no description can build, such as a method of a notebook's cell
     * @param test images of evaluations that were given in memory, if they are not among those of the training
     * @param root where the repetition is kept, or null for nowhere
     * @param task receives progress and tells when to stop
     * @param trouble receives in one sentence what could not be kept
     * @return what differs
     * @throws IllegalArgumentException in one sentence and before work starts, if the run is not finished or damaged, or if
     *     a part of it cannot be built again
     */
    public static Reproduction run(
            Path path,
            RunParts.Given given,
            List<Images> test,
            @Nullable Path root,
            Work.Task task,
            Consumer<String> trouble) {
        RunSummary then = finished(path);
        Description before = Outcome.of(then);
        Description begun = Runs.setup(path).part("environment");
        RunParts parts = Runs.parts(path, given, "reproduce");
        if (given.data() != null) {
            parts.data(); // other images than those of the training are no images of an evaluation either
        }
        List<Question> questions = then.scores().stream()
                .map(evidence -> Question.of(path, evidence, given.data(), test))
                .toList();
        var made = new AtomicReference<Run>();
        try {
            Runs.train(parts, root, task, made::set);
            Run run = Objects.requireNonNull(made.get());
            run.notes().forEach(trouble);
            var results = new ArrayList<>(Change.between(before, Outcome.of(run), "training"));
            int asked = run.stopped() ? 0 : ask(questions, run, task, results, trouble);
            List<Change> environment = Change.between(begun, Description.of(EngineEnvironment.now()), "environment");
            return new Reproduction(
                    path,
                    Optional.ofNullable(run.folder()),
                    results,
                    environment,
                    !run.stopped() && asked == questions.size(),
                    asked);
        } finally {
            parts.close();
            Optional.ofNullable(made.get()).ifPresent(run -> {
                run.student().close();
                run.last().close();
            });
        }
    }

    /**
     * Trains what is no classifier once more, as a run's folder says, and compares weights and epochs.
     *
     * @param path folder of a run that is finished
     * @param training of the same parts, at its beginning
     * @param trained trains it to its end
     * @return what differs
     * @throws IllegalArgumentException in one sentence and before work starts, if the run is not finished
     */
    public static Reproduction run(Path path, TrainingLoop<?> training, Supplier<? extends Described> trained) {
        RunSummary then = finished(path);
        Description before = Outcome.of(then);
        Description begun = Runs.setup(path).part("environment");
        String weights = Description.of(trained.get()).at("weights").orElse("");
        Description now = Outcome.of(weights, training.best(), training.history());
        return new Reproduction(
                path,
                Optional.ofNullable(training.folder()),
                Change.between(before, now, "training").stream()
                        .map(change -> judged(change, training.start().measure()))
                        .toList(),
                Change.between(begun, Description.of(EngineEnvironment.now()), "environment"),
                training.finished(),
                0);
    }

    /** The same change under the name of what epochs were judged by. */
    private static Change judged(Change change, String measure) {
        String path = change.path().replaceFirst("\\.robust$", "." + Matcher.quoteReplacement(measure));
        return new Change(path, change.then(), change.now());
    }

    private static RunSummary finished(Path path) {
        RunSummary then = RunSummary.of(path);
        if (!then.status().equals("finished")) {
            throw new IllegalArgumentException("The run " + path + " is " + then.status()
                    + ", and only one that is finished can be reproduced: resume(path) first.");
        }
        then.unreadable().stream().findFirst().ifPresent(problem -> {
            throw new IllegalArgumentException(
                    "The run " + path + " cannot be compared with its repetition: " + problem);
        });
        return then;
    }

    /** Repeats evaluations and returns how many came to their end. */
    private static int ask(
            List<Question> questions, Run run, Work.Task task, List<Change> results, Consumer<String> trouble) {
        for (int i = 0; i < questions.size(); i++) {
            Description then = questions.get(i).evidence();
            Robustness measured = questions.get(i).ask(run.student(), task);
            if (!measured.complete()) {
                return i;
            }
            Description now =
                    Description.of(Evidence.of(measured, measured.outcomes(), EngineEnvironment.now(), Instant.now()));
            Scores.keep(run.student(), now, measured.outcomes().get(0).right(), trouble);
            String root = "scores[" + i + "]";
            Change.between(then.essence(), now.essence(), root).stream()
                    .filter(change -> !change.path().matches(Pattern.quote(root) + AMONG_OTHERS))
                    .forEach(results::add);
        }
        return questions.size();
    }
}
