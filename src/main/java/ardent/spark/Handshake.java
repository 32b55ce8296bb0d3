package ardent.spark;

import ardent.tensor.Torch;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** Asks an executor before there is work whether it has the same kit, the images and an engine. */
final class Handshake implements Function<Integer, String> {
    private static final long serialVersionUID = 1;

    /** Long enough for every executor to get a question of its own. */
    private static final long BUSY_MILLIS = 500;

    private final String name;
    private final String cell;
    private final HashMap<String, Broadcast<byte[]>> shared;
    private final String kit;

    Handshake(String name, String cell, Map<String, Broadcast<byte[]>> shared, String kit) {
        this.name = name;
        this.cell = cell;
        this.shared = new HashMap<>(shared);
        this.kit = kit;
    }

    /** What is wrong, in one sentence; empty if it can take part. */
    @Override
    public String call(Integer number) throws InterruptedException {
        Thread.sleep(BUSY_MILLIS);
        try {
            CellTask.takeDevice();
            CellTask.requireKit(kit);
            CellTask.order(name, cell, shared, Map.of()).requireImages(CellTask.OPEN);
            Torch.device();
            return "";
        } catch (RuntimeException | LinkageError e) {
            return CellTask.here() + " cannot take part: " + reason(e);
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
