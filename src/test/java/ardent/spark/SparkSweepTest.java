package ardent.spark;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.Ardent;
import ardent.ShownSweep;
import ardent.Tiny;
import ardent.attack.Cascade;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.grid.Grid;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.report.Comparison;
import ardent.run.Runs;
import ardent.train.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps on two executors of this machine, programs of their own. */
class SparkSweepTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images TRAINING = Tiny.images(120, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(1).batchSize(40).rate(0.05).validation(20);

    @TempDir
    Path temp;

    static Classifier teacher() {
        return Classifier.of(new SmallCnn(2), TRAINING.shape(), TRAINING.classCount(), 3);
    }

    static Grid grid(Classifier teacher) {
        return new Grid(new SmallCnn(2), TRAINING, PLAN, Tiny.images(40, 2))
                .baselines(new Natural())
                .methods(new Sat(BALL), new Rslad(teacher, BALL))
                .seeds(0, 1)
                .attacks(new Fgsm(BALL), new Cascade(new Pgd(BALL, 3)));
    }

    /** The driver: its folder, and what finds the GPUs of a host, if executors are to be refused. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        if (args.length > 1) {
            refused(folder, args[1]);
        } else {
            swept(folder);
        }
        System.exit(0);
    }

    private static void swept(Path folder) throws IOException {
        try (Classifier teacher = teacher()) {
            Grid grid = grid(teacher);
            Method mine = step -> new Natural().prepare(step);
            Comparison there = Ardent.sweep(folder.resolve("there"), grid, SparkProgram.executors(2));
            Files.writeString(folder.resolve("there.txt"), ShownSweep.of(there));
            Comparison more =
                    Ardent.sweep(folder.resolve("there"), grid.seeds(0).methods(mine), SparkProgram.executors(1));
            Files.writeString(
                    folder.resolve("notes.txt"), String.join("\n", more.grid().notes()));
            Files.writeString(folder.resolve("here.txt"), ShownSweep.of(Ardent.sweep(folder.resolve("here"), grid)));
        }
    }

    private static void refused(Path folder, String discovery) throws IOException {
        Images some = Mnist.load().test();
        Grid digits = new Grid(new SmallCnn(2), some.take(60), PLAN, some.take(20, 1)).methods(new Natural());
        Spark one = SparkProgram.executors(1);
        refused(folder.resolve("data"), digits, one.with("spark.executorEnv.ARDENT_DATASETS", folder.toString()));
        refused(
                folder.resolve("gpu"),
                digits,
                one.gpus(1)
                        .with("spark.worker.resource.gpu.amount", "1")
                        .with("spark.worker.resource.gpu.discoveryScript", discovery));
    }

    private static void refused(Path folder, Grid grid, Spark spark) throws IOException {
        try {
            Ardent.sweep(folder, grid, spark);
        } catch (IllegalArgumentException e) {
            Files.writeString(folder.resolveSibling(folder.getFileName() + ".txt"), String.valueOf(e.getMessage()));
        }
    }

    /** Weights and flags are equal to the last bit; what cannot travel is computed here; nobody outside reaches a port. */
    @Test
    void aSweepOnExecutorsIsTheSweepOfThisProgram() throws Exception {
        SparkProgram driver = SparkProgram.start(temp, SparkSweepTest.class, temp.toString());
        var addresses = new TreeSet<String>();
        while (!driver.process().waitFor(500, TimeUnit.MILLISECONDS)) {
            addresses.addAll(Listening.at(driver.process().toHandle()));
        }
        assertThat(driver.end()).as(driver::log).isZero();
        assertThat(temp.resolve("there.txt")).hasSameTextualContentAs(temp.resolve("here.txt"));
        assertThat(Runs.folders(temp.resolve("there")))
                .hasSize(7)
                .allSatisfy(run -> assertThat(Runs.check(run)).isEmpty());
        assertThat(Files.readString(temp.resolve("notes.txt")))
                .contains("is computed in this program and not on the cluster");
        assertThat(addresses)
                .as("127.0.0.1 in both tables")
                .isNotEmpty()
                .isSubsetOf("0100007F", "0000000000000000FFFF00000100007F");
    }

    /** Before work starts: one without the data, and one that was given a GPU that is not there. */
    @Test
    @Tag("faults")
    void anExecutorThatCannotTakePartIsNamed() throws Exception {
        SparkProgram driver = SparkProgram.start(
                temp, SparkSweepTest.class, temp.toString(), discovery().toString());
        assertThat(driver.end()).as(driver::log).isZero();
        assertThat(refusal("data"))
                .startsWith("The executor 0 on 127.0.0.1 cannot take part: ")
                .contains("There is no folder mnist in")
                .endsWith("Nothing was begun.");
        assertThat(refusal("gpu"))
                .as("the device that Spark gave")
                .startsWith("The executor 0 on 127.0.0.1 cannot take part: ")
                .contains("asks for gpu7");
    }

    private String refusal(String name) throws IOException {
        assertThat(Runs.folders(temp.resolve(name))).isEmpty();
        return Files.readString(temp.resolve(name + ".txt"));
    }

    /** What a host calls its GPUs by: one with a made-up number. */
    private Path discovery() throws IOException {
        Path script = Files.writeString(
                temp.resolve("gpus.sh"), "#!/bin/sh\necho '{\"name\":\"gpu\",\"addresses\":[\"7\"]}'\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }
}
