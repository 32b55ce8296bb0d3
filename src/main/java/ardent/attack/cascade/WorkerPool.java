package ardent.attack.cascade;

import ardent.network.Classifier;
import ardent.network.Network;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share the images of a batch, each with operations of one thread: for small networks that is faster than
 * operations that share themselves. Only on the processor, and only for networks known to allow several callers.
 */
final class WorkerPool implements AutoCloseable {
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

    static WorkerPool alone() {
        return new WorkerPool(1);
    }

    static WorkerPool of(Network victim) {
        boolean shared = victim instanceof Classifier && !Torch.device().isGpu();
        return new WorkerPool(shared ? Torch.threads() : 1);
    }

    /** Cuts a list into even parts, one for each thread, and gives the answers in order. */
    <T, R> List<R> share(List<T> work, Function<List<T>, R> worker) {
        int parts = Math.min(size, work.size());
        if (threads == null || parts < 2) {
            return List.of(worker.apply(work));
        }
        var answers = new ArrayList<CompletableFuture<R>>();
        for (int i = 0; i < parts; i++) {
            List<T> part = work.subList(i * work.size() / parts, (i + 1) * work.size() / parts);
            answers.add(CompletableFuture.supplyAsync(() -> Tape.read(() -> worker.apply(part)), threads));
        }
        try {
            // Waits for all, without regard to interrupts, since a native operation cannot be left behind.
            CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                    .join();
            return answers.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdown();
        }
    }
}
