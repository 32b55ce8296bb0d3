package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine whose locale is plain ASCII, as containers have it, writes and reads the same files. */
class LocaleTest {
    @TempDir
    Path temp;

    @Test
    void nonAsciiSurvivesAnAsciiLocale() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dfile.encoding=US-ASCII",
                        "-Duser.language=de",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        temp.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(Files.readString(temp.resolve("provenance.json")))
                .isEqualTo(Description.of(DescriptionTest.method()).json());
        assertThat(Description.parseOlcut(Files.readString(temp.resolve("olcut.json"))))
                .isEqualTo(Description.of(DescriptionTest.method()));
    }

    static final class Child {
        public static void main(String[] arguments) throws Exception {
            if (!Charset.defaultCharset().equals(StandardCharsets.US_ASCII)) {
                throw new IllegalStateException("The locale is not ASCII.");
            }
            Description description = Description.of(DescriptionTest.method());
            Path folder = Path.of(arguments[0]);
            Folder.write(
                    folder,
                    Map.of(
                            "provenance.json", description.json().getBytes(StandardCharsets.UTF_8),
                            "olcut.json", description.olcut().getBytes(StandardCharsets.UTF_8)));
            if (!Description.parse(Files.readString(folder.resolve("provenance.json")))
                    .rebuild()
                    .equals(DescriptionTest.method())) {
                throw new IllegalStateException("The file reads back different.");
            }
        }
    }
}
