package ardent.progress;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A work on its thread, and the watch that another thread keeps over it. */
final class Running<T> extends Thread implements Work.Task {
    private static final long TICK_MILLIS = 200;

    private final String task;
    private final FutureTask<T> future;
    private final long start = System.nanoTime();
    private volatile Progress newest;
    private final AtomicReference<@Nullable Progress> ended = new AtomicReference<>();
    private final AtomicReference<@Nullable Object> sight = new AtomicReference<>();
    private volatile String ending = "stopped early";
    private volatile @Nullable Duration whole;
    private volatile boolean stopping;

    Running(String task, Function<Work.Task, T> body) {
        super("ardent-work");
        this.task = task;
        this.newest = progress("", 0, 0, Map.of());
        this.future = new FutureTask<>(() -> {
            try {
                return body.apply(this);
            } finally {
                Work.end();
            }
        });
        setDaemon(true);
        setContextClassLoader(Thread.currentThread().getContextClassLoader());
    }

    @Override
    public void run() {
        future.run();
    }

    String task() {
        return task;
    }

    void halt() {
        stopping = true;
    }

    @Override
    public boolean stopping() {
        return stopping;
    }

    @Override
    public void report(String phase, long done, long total, Map<String, String> figures) {
        var before = newest;
        newest = progress(phase, done, total, figures);
        if (!before.phase().equals(phase)) {
            ended.set(before);
        }
    }

    @Override
    public void show(Object sight) {
        this.sight.set(sight);
    }

    @Override
    public void ending(String words) {
        ending = words;
    }

    @Override
    public void left(Duration time) {
        whole = elapsed().plus(time);
    }

    /** Waits for the work, telling the listener how it goes; on an interrupt asks it to stop and goes on waiting. */
    T watch(Listener listener) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    T result = future.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                    tell(listener, as(stopping ? Progress.State.STOPPED : Progress.State.DONE));
                    return result;
                } catch (TimeoutException e) {
                    tell(listener, news());
                } catch (InterruptedException e) {
                    interrupted = true;
                    stopping = true;
                    tell(listener, news());
                } catch (ExecutionException e) {
                    boolean asked = stopping && e.getCause() instanceof CancellationException;
                    tell(listener, as(asked ? Progress.State.STOPPED : Progress.State.FAILED));
                    throw Running.<RuntimeException>unchanged(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The last word of a phase that ended since the last tick, or else the newest word. */
    private Progress news() {
        var last = ended.getAndSet(null);
        return last != null && !last.phase().isEmpty() && !stopping
                ? last
                : as(stopping ? Progress.State.STOPPING : Progress.State.RUNNING);
    }

    private Progress as(Progress.State state) {
        var now = newest;
        return new Progress(task, now.phase(), now.done(), now.total(), now.figures(), elapsed(), state, ending, whole);
    }

    private Progress progress(String phase, long done, long total, Map<String, String> figures) {
        return new Progress(task, phase, done, total, figures, elapsed(), Progress.State.RUNNING, ending, whole);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void tell(Listener listener, Progress progress) {
        try {
            Object seen = sight.getAndSet(null);
            if (seen != null) {
                listener.see(seen);
            }
            listener.on(progress);
        } catch (Throwable e) {
            // A progress line that cannot be shown is no reason to lose hours of training.
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException unchanged(@Nullable Throwable thrown) throws E {
        throw (E) thrown;
    }
}
