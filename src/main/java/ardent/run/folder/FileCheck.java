package ardent.run.folder;

import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Node;
import ardent.run.RunState;
import ardent.tensor.Torch;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares the files of a run with the hashes they were written with. */
public record FileCheck(Path path, List<String> problems) {
    /** One sentence for each file that is missing or damaged. */
    public static List<String> of(Path path) {
        var inspect = new FileCheck(path, new ArrayList<>());
        inspect.attempt(() -> {
            Description setup = RunStart.at(path).setup();
            setup.root().all().forEach(inspect::keepsake);
        });
        Map<String, String> files = new HashMap<>();
        if (Files.exists(path.resolve(RunFolder.STATE), LinkOption.NOFOLLOW_LINKS)) {
            inspect.attempt(() -> files.putAll(RunState.read(path).files()));
        }
        files.forEach(
                (name, hash) -> inspect.attempt(() -> SealedRecords.requireHash(Folder.inside(path, name), hash)));
        if (!files.containsKey(RunFolder.EPOCHS)) {
            inspect.attempt(() -> RunReport.history(path));
        }
        for (Path file : Checkpoint.named(path, RunFolder.SCORES)) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".json")) {
                inspect.attempt(() -> SealedRecords.read(Folder.inside(path, name)));
            }
        }
        for (Path file : Checkpoint.all(path)) {
            inspect.attempt(() -> {
                try (var manager = Torch.manager().newSubManager()) {
                    Checkpoint.read(file, manager);
                }
            });
        }
        return inspect.problems;
    }

    private void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private void keepsake(Node node) {
        if (node instanceof Node.Fields fields && fields.type().equals(KeptWeights.class.getName())) {
            attempt(() -> SealedRecords.requireHash(
                    Folder.inside(path, fields.part("file").text()),
                    fields.part("sha256").text()));
        }
    }
}
