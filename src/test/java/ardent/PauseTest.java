package ardent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.method.Method;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Terms;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.progress.Listener;
import ardent.progress.Progress;
import ardent.progress.Work;
import ardent.run.RunState;
import ardent.tensor.Losses;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interrupting a cell pauses its training: the next cell judges the student so far, or goes on. */
class PauseTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(400, 1);
    private static final Plan PLAN = Plan.quick().epochs(4).batchSize(20).validation(40);

    @TempDir
    Path runs;

    private int threads;

    @BeforeEach
    void keep() {
        threads = Torch.threads();
        Torch.threads(1);
        System.setProperty("ardent.runs", runs.toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty("ardent.runs");
        Work.listener(Listener.none());
        Torch.threads(threads);
    }

    /** As a kernel does it: the thread of the cell gets an interrupt while it waits. */
    private static void interruptOnce() {
        Thread cell = Thread.currentThread();
        Work.listener(progress -> {
            if (progress.state() == Progress.State.RUNNING && progress.done() > 2) {
                Work.listener(Listener.none());
                cell.interrupt();
            }
        });
    }

    private static String sha(Classifier network) {
        return Weights.sha256(network.layers().all());
    }

    @Test
    void anInterruptedCellPausesAndTheNextGoesOn() {
        Work.listener(Listener.none());
        var method = new Rslad(Classifier.of(new SmallCnn(4), DATA.shape(), 4, 3), BALL);
        Classifier whole = Ardent.train(new SmallCnn(4), method, DATA, PLAN);
        Run run = Ardent.lastRun();
        assertThat(run.stopped()).isFalse();
        interruptOnce();
        Classifier paused = Ardent.train(new SmallCnn(4), method, DATA, PLAN);
        assertThat(Thread.interrupted()).as("the interrupt is not swallowed").isTrue();
        Path folder = Ardent.lastRun().folder();
        assertThat(folder).isNotNull();
        assertThat(Ardent.lastRun().stopped()).isTrue();
        assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.PAUSED);
        assertThat(Ardent.evaluate(paused, DATA.first(40)).toString()).contains("clean");
        String before = sha(paused);
        Classifier done = Ardent.resume();
        assertThat(sha(done)).isEqualTo(sha(whole));
        assertThat(sha(paused)).as("the paused student stays as it was").isEqualTo(before);
        assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.FINISHED);
        assertThat(sha(Ardent.resume(folder, DATA))).isEqualTo(sha(whole));
    }

    @Test
    void aPathIsEnoughForPublishedData() {
        Images digits = Mnist.load().train().take(200);
        interruptOnce();
        Ardent.train(new SmallCnn(2), new Sat(BALL), digits, PLAN.validation(20));
        Thread.interrupted();
        Path folder = Ardent.lastRun().folder();
        assertThat(folder).isNotNull();
        Classifier done = Ardent.resume(folder);
        Work.listener(Listener.none());
        assertThat(sha(done)).isEqualTo(sha(Ardent.train(new SmallCnn(2), new Sat(BALL), digits, PLAN.validation(20))));
    }

    /** What {@code resume()} goes on with is the training that died, and not the one before. */
    @Test
    void aTrainingThatEndedByAnErrorIsTheLastOne() {
        Work.listener(Listener.none());
        Ardent.train(new SmallCnn(2), new Sat(BALL), DATA, PLAN.epochs(1));
        Path before = Ardent.lastRun().folder();
        var steps = new AtomicInteger();
        Method failing = step -> {
            if (steps.incrementAndGet() == 30) {
                throw new IllegalStateException("the disk of the teacher is gone");
            }
            return () -> Terms.of(
                    "clean",
                    Losses.crossEntropy(step.learn(step.images()), step.labels())
                            .mean());
        };
        assertThatThrownBy(() -> Ardent.train(new SmallCnn(2), failing, DATA, PLAN))
                .hasMessageContaining("the disk of the teacher is gone");
        Path folder = Ardent.lastRun().folder();
        assertThat(folder).isNotNull().isNotEqualTo(before);
        assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.ABORTED);
        assertThat(Ardent.lastRun().history()).hasSize(1);
        Ardent.resume();
        assertThat(Ardent.lastRun().folder()).isEqualTo(folder);
        assertThat(Ardent.lastRun().history()).hasSize(4);
        assertThat(RunState.read(folder).phase()).isEqualTo(RunState.Phase.FINISHED);
    }

    @Test
    void runsCanBeSwitchedOff() throws Exception {
        System.setProperty("ardent.runs", "off");
        Work.listener(Listener.none());
        Ardent.train(new SmallCnn(2), new Sat(BALL), DATA, PLAN.epochs(1));
        assertThat(Ardent.lastRun().folder()).isNull();
        assertThatThrownBy(Ardent::resume).hasMessageContaining("not kept in a folder");
        try (Stream<Path> none = Files.list(runs)) {
            assertThat(none).isEmpty();
        }
    }
}
