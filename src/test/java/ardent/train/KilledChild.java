package ardent.train;

import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.method.Crdnd;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program that trains, or goes on with what it finds, writing all the time; made to be killed. */
public final class KilledChild {
    private static final Rhythm ALWAYS = new Rhythm(0, Duration.ZERO);

    private KilledChild() {}

    /** A method with companion layers, an average, a best epoch: all that a checkpoint can hold. */
    static Runs.Parts parts() {
        Images digits = Mnist.load().train().take(260, 3);
        var teacher = Classifier.of(new SmallCnn(3), digits.shape(), 10, 5);
        var plan =
                Plan.quick().epochs(6).batchSize(40).rate(0.05).validation(20).averaging(Averaging.ema(0.9));
        return new Runs.Parts(new SmallCnn(3), new Crdnd(teacher, new Linf(0.1f)), digits, plan);
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
            Runs.resume(folder.get(), Runs.Given.NOTHING, ALWAYS, Tasks.silent(), run::set);
        } else {
            Runs.train(parts(), runs, ALWAYS, Tasks.silent(), run::set);
        }
        return run.get();
    }

    static String sha(Run run) {
        return Weights.sha256(run.last().layers().all()) + " "
                + Weights.sha256(run.student().layers().all());
    }

    /** Trains in the folder of runs that is the argument and prints the hashes of its weights. */
    public static void main(String[] arguments) throws IOException {
        System.out.println("begun");
        Run run = run(Path.of(arguments[0]));
        run.notes().forEach(System.out::println);
        System.out.println("sha " + sha(run));
    }
}
