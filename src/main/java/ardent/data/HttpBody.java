package ardent.data;

import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends, piece by piece. Unlike with the input stream of Java's HTTP client, waiting for a piece ends after the
 * time allowed and at an interrupt.
 */
final class HttpBody implements BodySubscriber<HttpBody>, Closeable {
    /** A server that sends less than this in the time allowed is given up. */
    private static final int LEAST = 1 << 16;

    /** What came: some buffers, or in their place the end or an error. */
    private record Arrival(
            List<ByteBuffer> buffers, @Nullable Throwable error) {}

    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
    private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
    private final Duration patience;
    private @Nullable Subscription subscription;
    private boolean closed;
    private long sinceDeadline;
    private long deadline;

    HttpBody(Duration patience) {
        this.patience = patience;
        deadline = System.nanoTime() + patience.toNanos();
    }

    /** The next piece, or null at the end. */
    @Nullable
    ByteBuffer next() throws IOException, InterruptedException {
        while (pieces.isEmpty()) {
            Arrival arrival = arrived.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (arrival == null) {
                throw new HttpTimeoutException(
                        "the server fell silent for " + patience.toMillis() / 1000.0 + " seconds");
            }
            if (arrival.error != null) {
                throw new IOException(
                        arrival.error.getMessage() == null ? "the connection broke" : arrival.error.getMessage(),
                        arrival.error);
            }
            if (arrival.buffers.isEmpty()) {
                return null;
            }
            pieces.addAll(arrival.buffers);
            ask();
        }
        ByteBuffer piece = pieces.remove();
        sinceDeadline += piece.remaining();
        if (sinceDeadline >= LEAST) {
            sinceDeadline = 0;
            deadline = System.nanoTime() + patience.toNanos();
        }
        return piece;
    }

    @Override
    public CompletionStage<HttpBody> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Subscription given) {
        subscription = given;
        if (closed) {
            given.cancel();
        } else {
            given.request(1);
        }
    }

    private synchronized void ask() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (buffers.isEmpty()) {
            ask();
        } else {
            arrived.add(new Arrival(buffers, null));
        }
    }

    @Override
    public void onError(Throwable error) {
        arrived.add(new Arrival(List.of(), error));
    }

    @Override
    public void onComplete() {
        arrived.add(new Arrival(List.of(), null));
    }

    /** Lets the connection go. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
