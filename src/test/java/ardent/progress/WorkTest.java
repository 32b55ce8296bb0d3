package ardent.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.progress.Progress.State;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkTest {
    private final List<Progress> told = new ArrayList<>();
    private final List<Thread> tellers = new ArrayList<>();

    @BeforeEach
    void listen() {
        Work.listener(progress -> {
            told.add(progress);
            tellers.add(Thread.currentThread());
        });
    }

    @AfterEach
    void restore() {
        Thread.interrupted();
        Work.listener(Listener.chosen(Listener::plain));
    }

    @Test
    void resultComesFromADaemonThreadWithTheCallersClassLoader() throws Exception {
        var caller = Thread.currentThread();
        var before = caller.getContextClassLoader();
        try (var loader = new URLClassLoader(new URL[0], before)) {
            caller.setContextClassLoader(loader);
            var worker = Work.run("look", task -> Thread.currentThread());
            assertThat(worker).isNotSameAs(caller);
            assertThat(worker.isDaemon()).isTrue();
            assertThat(worker.getName()).isEqualTo("ardent-work");
            assertThat(worker.getContextClassLoader()).isSameAs(loader);
        } finally {
            caller.setContextClassLoader(before);
        }
    }

    @Test
    void interruptReturnsThePartialResultAndKeepsTheFlag() {
        var watcher = Thread.currentThread();
        var sawInterrupt = new AtomicBoolean();
        var batches = Work.run("train", task -> {
            int batch = 0;
            while (!task.stopping() && batch < 10_000) {
                if (++batch == 3) {
                    watcher.interrupt();
                }
                pause(20);
                task.report("epoch 1/1", batch, 10_000, Map.of());
            }
            sawInterrupt.set(Thread.currentThread().isInterrupted());
            return batch;
        });
        assertThat(batches).isBetween(3, 1000);
        assertThat(sawInterrupt).as("the worker is never interrupted").isFalse();
        assertThat(Thread.interrupted()).as("the caller's flag is set again").isTrue();
        assertThat(told).extracting(Progress::state).contains(State.STOPPING).endsWith(State.STOPPED);
    }

    @Test
    void theLastWordSaysWhatIsKeptAlsoOfAWorkThatCannotReturnAPart() {
        var watcher = Thread.currentThread();
        assertThatThrownBy(() -> Work.run("attack", task -> {
                    task.ending("stopped; the same call goes on");
                    watcher.interrupt();
                    while (!task.stopping()) {
                        pause(5);
                    }
                    throw new CancellationException("in stage 2");
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        var last = told.get(told.size() - 1);
        assertThat(last.state()).isEqualTo(State.STOPPED);
        assertThat(last.line()).endsWith("stopped; the same call goes on");
        assertThat(told).filteredOn(Progress::finished).hasSize(1);
    }

    @Test
    void secondInterruptChangesNothing() {
        var watcher = Thread.currentThread();
        assertThat(Work.<String>run("stubborn", task -> {
                    watcher.interrupt();
                    pause(100);
                    watcher.interrupt();
                    pause(100);
                    return "whole";
                }))
                .isEqualTo("whole");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void afterAnInterruptTheNextWorkOfTheLoopDoesNotBegin() {
        var begun = new AtomicBoolean();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Work.run("next", task -> {
                    begun.set(true);
                    return 1;
                }))
                .isInstanceOf(CancellationException.class)
                .hasMessage("Interrupted before \"next\" began.");
        assertThat(begun).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(Work.<Integer>run("later", task -> 2)).isEqualTo(2);
    }

    @Test
    void exceptionsArriveUnchanged() {
        var mistake = new IllegalArgumentException("ε is 0");
        assertThatThrownBy(() -> Work.run("fail", task -> {
                    throw mistake;
                }))
                .isSameAs(mistake);
        var error = new StackOverflowError();
        assertThatThrownBy(() -> Work.run("fail", task -> {
                    throw error;
                }))
                .isSameAs(error);
        assertThat(told).extracting(Progress::state).containsExactly(State.FAILED, State.FAILED);
        assertThat(Work.<Integer>run("again", task -> 1)).isEqualTo(1);
    }

    @Test
    void newsComesAtMostFiveTimesASecondOnTheCallersThreadAndOnceAtTheEnd() {
        Work.run("report", task -> {
            for (int i = 1; i <= 1000; i++) {
                task.report("epoch " + (1 + i / 501) + "/2", i, 1000, Map.of("loss", "0." + i));
                pause(1);
            }
            return 0;
        });
        var last = told.get(told.size() - 1);
        assertThat(told).hasSizeBetween(2, 2 + (int) (last.elapsed().toMillis() / 200));
        assertThat(told).filteredOn(Progress::finished).containsExactly(last);
        assertThat(last.done()).isEqualTo(1000);
        assertThat(last.figures()).containsEntry("loss", "0.1000");
        assertThat(told).as("a phase's last word is heard").anyMatch(p -> p.done() == 500);
        assertThat(tellers).containsOnly(Thread.currentThread());
    }

    @Test
    void aSilentWorkStillSaysThatItEnded() {
        Work.run("quick", task -> 0);
        assertThat(told).extracting(Progress::state).containsExactly(State.DONE);
    }

    @Test
    void aListenerThatFailsHarmsNothing() {
        Work.listener(progress -> {
            throw new LinkageError("no display");
        });
        assertThat(Work.<Integer>run("train", task -> {
                    pause(300);
                    return 7;
                }))
                .isEqualTo(7);
    }

    @Test
    void aWorkInsideAWorkRunsThereSilentlyAndStopsWithIt() {
        var watcher = Thread.currentThread();
        var inner = Work.run("outer", outer -> {
            outer.report("epoch 1/1", 1, 2, Map.of());
            return Work.<Object>run("inner", task -> {
                task.report("attack", 5, 9, Map.of());
                assertThat(task.stopping()).isFalse();
                watcher.interrupt();
                while (!task.stopping()) {
                    pause(5);
                }
                return Thread.currentThread().getName();
            });
        });
        assertThat(inner).isEqualTo("ardent-work");
        assertThat(told).allMatch(p -> p.task().equals("outer") && p.total() != 9);
    }

    @Test
    void aSecondWorkIsRefusedWhileOneRuns() throws Exception {
        var begun = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        var first = new Thread(() -> Work.run("train teacher", task -> {
            begun.countDown();
            await(end);
            return 0;
        }));
        first.start();
        await(begun);
        assertThatThrownBy(() -> Work.run("train student", task -> 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("\"train teacher\" is still running");
        end.countDown();
        first.join();
    }

    @Test
    void aSecondWorkWaitsForOneThatIsStopping() throws Exception {
        var begun = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        var order = new AtomicReference<>("");
        var first = new Thread(() -> Work.run("train teacher", task -> {
            begun.countDown();
            while (!task.stopping()) {
                pause(5);
            }
            asked.countDown();
            pause(300);
            order.updateAndGet(s -> s + "first ");
            return 0;
        }));
        first.start();
        await(begun);
        first.interrupt();
        await(asked);
        Work.run("train student", task -> order.updateAndGet(s -> s + "second"));
        first.join();
        assertThat(order).hasValue("first second");
    }

    @Test
    void theJvmLeavesOnlyAfterTheBatch() throws Exception {
        var java = ProcessHandle.current().info().command().orElseThrow();
        var process = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), Endless.class.getName())
                .redirectErrorStream(true)
                .start();
        try (var out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("begun");
            process.toHandle().destroy();
            assertThat(out.readLine()).isEqualTo("batch ended");
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** A program that works until it is terminated. */
    static final class Endless {
        private Endless() {}

        public static void main(String[] args) {
            Work.run("endless", task -> {
                System.out.println("begun");
                while (!task.stopping()) {
                    pause(5);
                }
                pause(300);
                System.out.println("batch ended");
                return 0;
            });
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
