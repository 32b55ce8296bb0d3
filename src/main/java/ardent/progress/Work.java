package ardent.progress;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs long work on Ardent's own thread while the calling thread watches.
 *
 * <p>A notebook's interrupt only sets a flag on the cell's thread, which no loop and no native call sees. So the cell's
 * thread does nothing but wait: on an interrupt it asks the work to stop, waits for its batch to end, and returns what
 * the work returns, weights so far included. The work's own thread is never interrupted.
 *
 * <p>One work runs at a time: there is one engine, and one open tape in it. A second waits while the first is stopping
 * and is refused otherwise.
 */
public final class Work {
    private static final long FAREWELL_MILLIS = 10_000;
    private static final Object TURN = new Object();
    private static volatile @Nullable Listener listener;
    private static @Nullable Running<?> current;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Work::farewell, "ardent-farewell"));
    }

    private Work() {}

    /** What a work reports its progress to, and asks whether to stop. */
    public interface Task {
        /**
         * Tells how far the work is; cheap, so once per batch is fine.
         *
         * @param phase the part the work is in, such as "epoch 2/3"
         * @param done units done over the whole task
         * @param total units in all; 0 when unknown
         * @param figures the newest numbers by name, formatted for reading
         */
        void report(String phase, long done, long total, Map<String, String> figures);

        /**
         * Hands out what the work has so far, to be shown in place where that can be; cheap.
         *
         * @param sight something immutable that is worth looking at, such as a table
         */
        default void show(Object sight) {}

        /**
         * The same work for a work inside it: its reports are not the outer task's.
         *
         * @return a task that stops with this one and tells nobody
         */
        default Task silently() {
            Task outer = this;
            return new Task() {
                @Override
                public void report(String phase, long done, long total, Map<String, String> figures) {}

                @Override
                public boolean stopping() {
                    return outer.stopping();
                }
            };
        }

        /**
         * Says how long the work will still take, where it knows better than its share tells; cheap.
         *
         * @param time from now on
         */
        default void left(Duration time) {}

        /**
         * Says what the last word is, should the work end early: what is kept, and how to go on; cheap.
         *
         * @param words such as "paused; resume() goes on"
         */
        default void ending(String words) {}

        /** Whether the work should end its batch and return what it has; ask once per batch. */
        boolean stopping();
    }

    /** Sets who receives progress from now on; until then it is the plain listener, or what {@code ARDENT_PROGRESS} says. */
    public static void listener(Listener listener) {
        Work.listener = listener;
    }

    /**
     * Runs the work and returns its result; what it throws is thrown here unchanged.
     *
     * <p>If the calling thread is interrupted meanwhile, the work is asked to stop, its partial result is returned, and
     * the thread's interrupt flag is set again, so that a loop over several works ends at the next one. Work that is
     * started from within a work runs right there, silently, and stops with it.
     *
     * @param task what runs, as a person would say it: "train SmallCnn"
     * @throws CancellationException if the calling thread was interrupted before the work began
     * @throws IllegalStateException if another work is running
     */
    public static <T> T run(String task, Function<Task, T> body) {
        if (Thread.currentThread() instanceof Running<?> outer) {
            return body.apply(outer.silently());
        }
        var set = listener;
        var heard = set != null ? set : Listener.chosen(Listener::plain);
        var running = new Running<>(task, body);
        begin(running);
        return running.watch(heard);
    }

    private static void begin(Running<?> next) {
        synchronized (TURN) {
            settle();
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("Interrupted before \"" + next.task() + "\" began.");
            }
            if (current != null) {
                throw new IllegalStateException("\"" + current.task() + "\" is still running, and two works cannot"
                        + " share the engine: wait for it, or interrupt its cell.");
            }
            current = next;
            next.start();
        }
    }

    /**
     * Waits while a work that was asked to stop comes to its end: a kernel answers an interrupt at once, and the next cell
     * may run before the batch in hand is done. Within a work it does nothing.
     */
    public static void settle() {
        if (Thread.currentThread() instanceof Running<?>) {
            return;
        }
        synchronized (TURN) {
            try {
                while (current != null && current.stopping()) {
                    TURN.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static void end() {
        synchronized (TURN) {
            current = null;
            TURN.notifyAll();
        }
    }

    /** Keeps the JVM from leaving while a native call runs, which would crash it. */
    private static void farewell() {
        Running<?> last;
        synchronized (TURN) {
            last = current;
        }
        if (last != null) {
            last.halt();
            try {
                last.join(FAREWELL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
