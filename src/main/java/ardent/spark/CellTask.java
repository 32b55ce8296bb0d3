package ardent.spark;

import ardent.grid.CellOrder;
import ardent.progress.Work;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceInformation;
import org.jspecify.annotations.Nullable;

/** The executor's half: fills a cell that comes as JSON, with what travels beside it. */
final class CellTask implements Function<String, Map<String, byte[]>> {
    /** Teachers and images of earlier cells of this executor. */
    static final Map<String, Object> OPEN = new ConcurrentHashMap<>();

    private static final long serialVersionUID = 1;

    private final String name;
    private final HashMap<String, Broadcast<byte[]>> shared;
    private final @Nullable Broadcast<Map<String, byte[]>> run;
    private final String kit;

    /**
     * A cell for an executor.
     *
     * @param name of the cell
     * @param shared what several cells need
     * @param run the files of its run, or null if it has not begun
     * @param kit version of the driver's kit
     */
    CellTask(
            String name,
            Map<String, Broadcast<byte[]>> shared,
            @Nullable Broadcast<Map<String, byte[]>> run,
            String kit) {
        this.name = name;
        this.shared = new HashMap<>(shared);
        this.run = run;
        this.kit = kit;
    }

    @Override
    public Map<String, byte[]> call(String cell) throws IOException {
        takeDevice();
        requireKit(kit);
        Path own = Path.of(SparkFiles.getRootDirectory()).toAbsolutePath().normalize();
        Path folder = Files.createTempDirectory(own, "cell");
        try {
            return order(name, cell, shared, run == null ? Map.of() : run.value())
                    .fill(folder, OPEN, new Stopping(TaskContext.get()));
        } finally {
            Folder.remove(folder);
        }
    }

    static CellOrder order(String name, String cell, Map<String, Broadcast<byte[]>> shared, Map<String, byte[]> run) {
        var bytes = new HashMap<String, byte[]>();
        shared.forEach((key, value) -> bytes.put(key, value.value()));
        return new CellOrder(name, cell, bytes, run);
    }

    /** Takes the GPU that Spark gave this task, before the engine starts. */
    static void takeDevice() {
        ResourceInformation gpu = TaskContext.get().resourcesJMap().get("gpu");
        if (gpu != null && gpu.addresses().length > 0) {
            System.setProperty(Torch.DEVICE, "gpu" + gpu.addresses()[0]);
        }
    }

    static void requireKit(String wanted) {
        String own = Environment.version();
        if (!own.equals(wanted)) {
            throw new IllegalStateException(here() + " has Ardent " + own + ", and this program is Ardent " + wanted
                    + ": give it the same jar.");
        }
    }

    /** This executor, as a sentence begins with it. */
    static String here() {
        return "The executor " + SparkEnv.get().executorId() + " on "
                + SparkEnv.get().blockManager().blockManagerId().host();
    }

    /** A work that ends when its job is cancelled. */
    private record Stopping(TaskContext context) implements Work.Task {
        @Override
        public void report(String phase, long done, long total, Map<String, String> figures) {}

        @Override
        public boolean stopping() {
            return context.isInterrupted();
        }
    }
}
