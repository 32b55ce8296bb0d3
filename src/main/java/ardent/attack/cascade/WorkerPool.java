package ardent.attack.cascade;

import ardent.network.Classifier;
import ardent.network.Network;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share the images of a batch, each with operations of one thread: for small networks that is faster than
 * operations that share themselves. Only on the processor, and only for networks known to bear several callers.
 */
public final class WorkerPool implements AutoCloseable {
    private final @Nullable ExecutorService threads;
    private final int size;

    private WorkerPool(int size) {
        this.size = size;
        this.threads = size > 1 ? Executors.newFixedThreadPool(size, WorkerPool::thread) : null;
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(
                () -> {
                    Torch.alone();
                    work.run();
                },
                "ardent-attack");
        thread.setDaemon(true);
        return thread;
    }

    public static WorkerPool alone() {
        return new WorkerPool(1);
    }

    public static WorkerPool of(Network victim) {
        boolean shared = victim instanceof Classifier && !Torch.device().isGpu();
        return new WorkerPool(shared ? Torch.threads() : 1);
    }

    /** Cuts a list into even parts, one for each thread, and gives the answers in order. */
    <T, R> List<R> share(List<T> work, Function<List<T>, R> worker) {
        int parts = Math.min(size, work.size());
        if (threads == null || parts < 2) {
            return List.of(worker.apply(work));
        }
        var futures = new ArrayList<Future<R>>();
        for (int i = 0; i < parts; i++) {
            List<T> part = work.subList(i * work.size() / parts, (i + 1) * work.size() / parts);
            futures.add(threads.submit(() -> alone(part, worker)));
        }
        var answers = new ArrayList<R>();
        RuntimeException failed = null;
        for (Future<R> future : futures) {
            try {
                answers.add(wait(future));
            } catch (RuntimeException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
        return answers;
    }

    private static <T, R> R alone(List<T> part, Function<List<T>, R> worker) {
        var answers = new ArrayList<R>();
        Tape.free(() -> answers.add(worker.apply(part)));
        return answers.get(0);
    }

    /** Waits without regard to interrupts, since a native operation cannot be left behind. */
    private static <R> R wait(Future<R> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdown();
        }
    }
}
