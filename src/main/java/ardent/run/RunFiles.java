package ardent.run;

import ardent.provenance.Arguments;
import ardent.provenance.Folder;
import ardent.run.folder.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The folder of a run as the bytes of its files, to be taken to another machine and back. */
public final class RunFiles {
    private RunFiles() {}

    /**
     * Reads the files of a run that nobody writes.
     *
     * @param run its folder
     * @return the bytes by file name, {@code state.json} last
     * @throws UncheckedIOException with a sentence, if the folder cannot be read
     */
    public static Map<String, byte[]> read(Path run) {
        var files = new LinkedHashMap<String, byte[]>();
        try (Stream<Path> paths = Files.list(Arguments.given("run", run))) {
            for (Path path : paths.sorted().toList()) {
                String name = String.valueOf(path.getFileName());
                if (!name.startsWith(".") && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    files.put(name, Files.readAllBytes(path));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + run + " cannot be read: " + e + ".", e);
        }
        byte[] state = files.remove(RunFolder.STATE);
        if (state != null) {
            files.put(RunFolder.STATE, state);
        }
        return files;
    }

    /**
     * Puts a run in its place: beside it first, where it is looked at, then by one move. A run that is there already takes the
     * files that differ from its own.
     *
     * @param root the folder of all runs, made if it is missing
     * @param name of the run's folder
     * @param files as {@link #read} gave them
     * @param refusal what is wrong with the folder where it lies then; empty if it may be taken
     * @return what was wrong, so that nothing was changed; empty if the run is in its place
     * @throws UncheckedIOException with a sentence, if the folder cannot be written
     */
    public static String put(Path root, String name, Map<String, byte[]> files, Function<Path, String> refusal) {
        Arguments.given("root, name, files, refusal", root, name, files, refusal);
        try {
            Files.createDirectories(root);
            Path place = Folder.inside(root, name);
            Path part = Folder.inside(root, RunFolder.PART + name);
            Folder.remove(part);
            try {
                files.keySet().forEach(file -> Folder.inside(part, file));
                Folder.write(part, files);
                String wrong = refusal.apply(part);
                if (wrong.isEmpty() && Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                    Folder.write(place, changed(place, files));
                } else if (wrong.isEmpty()) {
                    Folder.move(part, place);
                }
                return wrong;
            } finally {
                Folder.remove(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("No run folder can be created in " + root + " (" + e + ").", e);
        }
    }

    private static Map<String, byte[]> changed(Path place, Map<String, byte[]> files) {
        Map<String, byte[]> there = read(place);
        var changed = new LinkedHashMap<String, byte[]>();
        files.forEach((name, bytes) -> {
            if (!Arrays.equals(bytes, there.get(name))) {
                changed.put(name, bytes);
            }
        });
        return changed;
    }
}
