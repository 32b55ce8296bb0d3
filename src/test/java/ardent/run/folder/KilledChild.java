package ardent.run.folder;

import static ardent.Ardent.attack;

import ardent.attack.AutoAttack;
import ardent.attack.CascadeResult;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.method.Crdnd;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.progress.Listener;
import ardent.progress.Work;
import ardent.run.OftenKept;
import ardent.run.RunParts;
import ardent.train.Averaging;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program that trains and evaluates, or goes on with what it finds, writing all the time; made to be killed. */
public final class KilledChild {
    static final String JOURNAL = "journal";
    static final String TRAINING = "training begins";
    static final String EVALUATION = "evaluation begins";

    /** A checkpoint after every epoch and within it, so that a kill finds a position between two steps. */
    private static final OftenKept ALWAYS = new OftenKept(new CheckpointWriter.Interval(0, Duration.ZERO));

    private KilledChild() {}

    /** A method with companion layers, an average, a best epoch: all that a checkpoint can hold. */
    static RunParts parts() {
        Images digits = Mnist.load().train().take(220, 3);
        var teacher = Classifier.of(new SmallCnn(3), digits.shape(), 10, 5);
        var plan =
                Plan.quick().epochs(5).batchSize(40).rate(0.05).validation(20).averaging(Averaging.ema(0.9));
        return new RunParts(new SmallCnn(3), Crdnd.residualRelation(teacher, new Linf(0.1f)), digits, plan);
    }

    /** The folder of the run, if the program lived long enough to make it. */
    static Optional<Path> folder(Path runs) throws IOException {
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.filter(
                            folder -> !folder.getFileName().toString().startsWith(".") && Files.isDirectory(folder))
                    .findFirst();
        }
    }

    static Run run(@Nullable Path runs) throws IOException {
        var run = new AtomicReference<Run>();
        Optional<Path> folder = runs == null ? Optional.empty() : folder(runs);
        if (folder.isPresent()) {
            ALWAYS.resume(folder.get(), RunParts.Given.NOTHING, Tasks.silent(), run::set);
        } else {
            ALWAYS.train(parts(), runs, Tasks.silent(), run::set);
        }
        return run.get();
    }

    static String sha(Run run) {
        return Weights.sha256(run.last().layers().all()) + " "
                + Weights.sha256(run.student().layers().all());
    }

    /** Whether each image stands, and which attack broke it. */
    private static String flags(Run run, Path journal) {
        Work.listener(Listener.none());
        Images images = Mnist.load().test().take(20, 4);
        CascadeResult verdict = attack(new AutoAttack(new Linf(0.01f)).batch(5), run.student(), images, journal);
        return Arrays.toString(verdict.robust()).replace(" ", "") + " "
                + Arrays.toString(verdict.brokenBy()).replace(" ", "");
    }

    /** Trains in the folder of runs that is the first argument, and evaluates unless there is a second. */
    public static void main(String[] arguments) throws IOException {
        long begin = System.nanoTime();
        System.out.println(TRAINING);
        Path runs = Path.of(arguments[0]);
        Run run = run(runs);
        run.notes().forEach(System.out::println);
        System.out.println("sha " + sha(run));
        if (arguments.length == 1) {
            long half = System.nanoTime();
            System.out.println(EVALUATION);
            System.out.println("flags " + flags(run, runs.resolve(JOURNAL)));
            System.out.println("times " + (half - begin) + " " + (System.nanoTime() - half));
        }
    }
}
