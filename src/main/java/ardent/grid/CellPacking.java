package ardent.grid;

import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.PackedImages;
import ardent.data.Recall;
import ardent.network.Classifier;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.run.RunParts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Packs the cells of a grid for other programs; what several cells share is packed once. */
final class CellPacking {
    /** Largest size of images that travel, in bytes. */
    static final long MOST = 256L << 20;

    private final Grid grid;
    private final Map<String, byte[]> bytes = new LinkedHashMap<>();
    private final IdentityHashMap<Described, CellDescription.Teacher> teachers = new IdentityHashMap<>();

    /** Packs the images, if they cannot be loaded elsewhere; refuses those that are too large. */
    CellPacking(Grid grid) {
        this.grid = grid;
        pack(grid.training());
        pack(grid.test());
    }

    private void pack(Images images) {
        Origin origin = images.origin();
        if (Recall.knows(origin)) {
            return;
        }
        long size = images.size() * images.shape().size();
        if (size > MOST) {
            throw new IllegalArgumentException(
                    "The images " + origin + " are not of a published data set that workers load"
                            + " themselves, and are " + (size >> 20) + " MB, of which a cluster takes " + (MOST >> 20)
                            + " MB: take fewer of them, or sweep on this machine.");
        }
        bytes.put(CellDescription.key(origin), PackedImages.pack(images));
    }

    /** Whether all that decides of a cell can be told to another program. */
    boolean travels(Candidates.Cell cell) {
        return cell.told()
                && grid.attacks().stream()
                        .allMatch(attack -> Description.of(attack).repeatable())
                && everyTeacherTravels(cell);
    }

    private static boolean everyTeacherTravels(Candidates.Cell cell) {
        var others = new ArrayList<Described>();
        Description.of(cell.parts().method(), described -> {
            if (!(described instanceof Classifier)) {
                others.add(described);
            }
            return new CellDescription.Teacher("");
        });
        return others.isEmpty();
    }

    /**
     * Packs a cell.
     *
     * @param run the folder of its run, if that has begun
     */
    CellOrder pack(Candidates.Cell cell, Optional<Path> run) {
        RunParts parts = cell.parts();
        var shared = new LinkedHashMap<String, byte[]>();
        var told = new CellDescription(
                parts.architecture(),
                parts.method(),
                parts.plan(),
                grid.training().origin(),
                grid.test().origin(),
                grid.attacks(),
                grid.protocol());
        String json = Description.of(told, described -> {
                    CellDescription.Teacher teacher = teachers.computeIfAbsent(described, this::pack);
                    share(teacher.key(), shared);
                    return teacher;
                })
                .json();
        share(CellDescription.key(told.training()), shared);
        share(CellDescription.key(told.test()), shared);
        return new CellOrder(
                cell.name(), json, shared, run.map(CellOrder::packed).orElse(Map.of()));
    }

    private void share(String key, Map<String, byte[]> shared) {
        byte[] packed = bytes.get(key);
        if (packed != null) {
            shared.put(key, packed);
        }
    }

    private CellDescription.Teacher pack(Described described) {
        var teacher = (Classifier) described;
        String key = "the teacher " + teacher.sha256();
        bytes.computeIfAbsent(key, none -> {
            var out = new ByteArrayOutputStream();
            try {
                teacher.write(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        });
        return new CellDescription.Teacher(key);
    }
}
