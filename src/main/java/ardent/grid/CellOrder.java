package ardent.grid;

import ai.djl.engine.EngineException;
import ardent.data.DataException;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.PackedImages;
import ardent.data.Recall;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.run.RunFiles;
import ardent.run.RunSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * A cell that another program fills, perhaps on another machine: what it is as JSON, and beside it the bytes of what no
 * description holds.
 *
 * @param name of the cell, for reading
 * @param cell the JSON of what is trained and judged
 * @param shared what several cells need: the files of teachers, and images given in memory
 * @param run the files of the cell's run as far as it is there, as {@link #fill} returns them; none if it has not begun
 */
public record CellOrder(String name, String cell, Map<String, byte[]> shared, Map<String, byte[]> run) {
    /** Holds the name of the run's folder. */
    static final String FOLDER = ".folder";

    /** Says why a cell cannot be finished. */
    static final String FAILURE = ".failure";

    /** Copies the maps, not the bytes. */
    public CellOrder {
        Arguments.given("name, cell", name, cell);
        shared = Arguments.all("shared", shared);
        run = Arguments.all("run", run);
    }

    /**
     * Fills the cell here, as a sweep of it alone would.
     *
     * @param folder an empty folder to work in
     * @param open teachers and images of earlier cells, kept for later ones; empty to begin with
     * @param task hears of progress and tells when to stop
     * @return the files of its run by name, or why there is none
     * @throws CancellationException if it was asked to stop
     * @throws UncheckedIOException if the folder cannot be written
     */
    public Map<String, byte[]> fill(Path folder, Map<String, Object> open, Work.Task task) {
        var files = new LinkedHashMap<String, byte[]>();
        try {
            var told = (CellDescription) Description.parse(cell)
                    .rebuild((origin, wanted) -> teacher(((CellDescription.Teacher) origin).key(), folder, open));
            if (!run.isEmpty()) {
                var begun = new LinkedHashMap<>(run);
                String place = new String(Objects.requireNonNull(begun.remove(FOLDER), FOLDER), StandardCharsets.UTF_8);
                Folder.write(Folder.inside(folder, place), begun);
            }
            GridCells known = told.grid(images(told.training(), open), images(told.test(), open))
                    .run(folder, task, cells -> {});
            if (!known.complete()) {
                throw new CancellationException("The cell " + name + " was stopped.");
            }
            GridCell done = known.trials().get(0);
            done.trained().map(RunSummary::path).ifPresent(path -> {
                files.putAll(packed(path));
            });
            if (!done.failure().isEmpty()) {
                files.put(FAILURE, bytes(done.failure()));
            }
        } catch (IllegalArgumentException | DataException | EngineException e) { // as it would be anywhere
            files.put(FAILURE, bytes(String.valueOf(e.getMessage())));
        }
        return files;
    }

    /**
     * Opens the images of the cell here, before there is work.
     *
     * @param open as in {@link #fill}
     * @throws DataException in one sentence, if they are missing or other ones
     */
    public void requireImages(Map<String, Object> open) {
        Description told = Description.parse(cell);
        images((Origin) told.part("training").rebuild(), open);
        images((Origin) told.part("test").rebuild(), open);
    }

    /** The files of a run, and the name of its folder as one more. */
    static Map<String, byte[]> packed(Path path) {
        Map<String, byte[]> files = RunFiles.read(path);
        files.put(FOLDER, bytes(String.valueOf(path.getFileName())));
        return files;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Object teacher(String key, Path folder, Map<String, Object> open) {
        return open.computeIfAbsent(key, none -> {
            Path file = folder.resolve("teacher.safetensors");
            try {
                Files.write(file, shared(key));
                Classifier teacher = Classifier.load(file);
                Files.delete(file);
                return teacher;
            } catch (IOException e) {
                throw new UncheckedIOException("The teacher of the cell " + name + " cannot be written: " + e + ".", e);
            }
        });
    }

    private Images images(Origin origin, Map<String, Object> open) {
        String key = CellDescription.key(origin);
        return (Images) open.computeIfAbsent(
                key, none -> shared.containsKey(key) ? PackedImages.unpack(shared(key), origin) : Recall.of(origin));
    }

    private byte[] shared(String key) {
        byte[] bytes = shared.get(key);
        if (bytes == null) {
            throw new IllegalArgumentException("The cell " + name + " came without " + key + ".");
        }
        return bytes;
    }
}
