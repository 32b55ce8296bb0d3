package ardent.spark;

import java.io.IOException;
import org.apache.spark.api.java.function.Function;

/** Asks an executor before there is work whether it can do it. */
final class Handshake implements Function<Integer, String> {
    private static final long serialVersionUID = 1;

    /** Long enough for every executor to get a question of its own. */
    private static final long BUSY_MILLIS = 500;

    private final ParcelTask task;
    private final String json;

    Handshake(ParcelTask task, String json) {
        this.task = task;
        this.json = json;
    }

    /** What is wrong, in one sentence; empty if it can take part. */
    @Override
    public String call(Integer number) throws InterruptedException {
        Thread.sleep(BUSY_MILLIS);
        try {
            task.check(json);
            return "";
        } catch (RuntimeException | LinkageError e) {
            return ParcelTask.here() + " cannot take part: " + reason(e);
        } catch (IOException e) {
            return ParcelTask.here() + " cannot take part: the folder where it works cannot be written (" + e
                    + "): free its disk, or give it another one.";
        }
    }

    /** The innermost sentence: an engine that does not start is told by the class that starts it. */
    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause instanceof LinkageError && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
