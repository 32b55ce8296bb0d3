package ardent.spark;

import ardent.elsewhere.Parcel;
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

/** The executor's half: does a work that comes as JSON, with what travels beside it. */
final class ParcelTask implements Function<String, Map<String, byte[]>> {
    private static final long serialVersionUID = 1;

    /** Networks and images of earlier works of this executor. */
    private static final Map<String, Object> KEPT = new ConcurrentHashMap<>();

    private final String name;
    private final HashMap<String, Broadcast<byte[]>> shared;
    private final @Nullable Broadcast<Map<String, byte[]>> own;
    private final String kit;

    /**
     * A work for an executor.
     *
     * @param name of the work
     * @param shared what several works need
     * @param own what it needs alone, or null for nothing
     * @param kit version of the driver's kit
     */
    ParcelTask(
            String name,
            Map<String, Broadcast<byte[]>> shared,
            @Nullable Broadcast<Map<String, byte[]>> own,
            String kit) {
        this.name = name;
        this.shared = new HashMap<>(shared);
        this.own = own;
        this.kit = kit;
    }

    @Override
    public Map<String, byte[]> call(String json) throws IOException {
        return inFolder(folder -> parcel(json).run(place(folder)));
    }

    /** Sees whether this executor has the same kit, an engine and the images, and can write; throws a sentence if not. */
    void check(String json) throws IOException {
        inFolder(folder -> {
            Torch.device();
            parcel(json).check(place(folder));
            return folder;
        });
    }

    /** Takes the GPU that Spark gave this task before the engine starts, and a folder for as long as the work takes. */
    private <T> T inFolder(java.util.function.Function<Path, T> work) throws IOException {
        ResourceInformation gpu = TaskContext.get().resourcesJMap().get("gpu");
        if (gpu != null && gpu.addresses().length > 0) {
            System.setProperty(Torch.DEVICE, "gpu" + gpu.addresses()[0]);
        }
        requireKit();
        Path own = Path.of(SparkFiles.getRootDirectory()).toAbsolutePath().normalize();
        Path folder = Files.createTempDirectory(own, "work");
        try {
            return work.apply(folder);
        } finally {
            Folder.remove(folder);
        }
    }

    private Parcel parcel(String json) {
        var bytes = new HashMap<String, byte[]>();
        shared.forEach((key, value) -> bytes.put(key, value.value()));
        return new Parcel(name, json, bytes, own == null ? Map.of() : own.value());
    }

    private static Parcel.Place place(Path folder) {
        return new Parcel.Place(folder, KEPT, new Stopping(TaskContext.get()));
    }

    private void requireKit() {
        String here = Environment.version();
        if (!here.equals(kit)) {
            throw new IllegalStateException(
                    here() + " has Ardent " + here + ", and this program is Ardent " + kit + ": give it the same jar.");
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
