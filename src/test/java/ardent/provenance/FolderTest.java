package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
    @TempDir
    Path temp;

    @Test
    void writesAndReplaces() throws IOException {
        Path folder = temp.resolve("new/deep");
        Folder.write(folder, Map.of("a.txt", bytes("1"), "b.txt", bytes("2")));
        Folder.write(folder, Map.of("a.txt", bytes("3")));
        assertThat(folder.resolve("a.txt")).hasContent("3");
        assertThat(folder.resolve("b.txt")).hasContent("2");
        assertThat(names(folder)).containsExactlyInAnyOrder("a.txt", "b.txt");
    }

    @Test
    void leavesTheFolderAsItWasIfOneFileCannotBeWritten() throws IOException {
        Folder.write(temp, Map.of("a.txt", bytes("1")));
        assertThatThrownBy(() -> Folder.write(temp, Map.of("a.txt", bytes("2"), "no/such", bytes("3"))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(temp.toString());
        assertThat(temp.resolve("a.txt")).hasContent("1");
        assertThat(names(temp)).containsExactly("a.txt");
    }

    @Test
    void namesTheFolderThatIsAFile() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "x");
        assertThatThrownBy(() -> Folder.write(file, Map.of("a.txt", bytes("1"))))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("Nothing was saved, because the folder " + file);
        assertThat(file).hasContent("x");
    }

    /** People type ../runs, and that folder may be read as any other. */
    @Test
    void dotsInTheFolderLeadNowhereElse() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("runs"));
        for (Path named : List.of(temp.resolve("x/../runs"), folder.resolve("."), temp.resolve("./runs"))) {
            assertThat(Folder.inside(named, "run.json")).isEqualTo(named.resolve("run.json"));
            for (String out : List.of("../run.json", "..", ".", "a/run.json", "/run.json", "")) {
                assertThatThrownBy(() -> Folder.inside(named, out)).hasMessageContaining("points outside the folder");
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Stream<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
