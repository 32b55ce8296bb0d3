package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    @Test
    void knowsWhatItRunsOn() {
        Environment environment = Environment.of("PyTorch 2.7.1", "cpu()", 2);
        assertThat(environment.ardent()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(environment.commit()).matches("[0-9a-f]{40,64}|unknown");
        assertThat(environment.tree()).isIn("clean", "changed", "unknown");
        assertThat(Description.parse(Description.of(environment).json()).rebuild())
                .isEqualTo(environment);
    }

    @Test
    void hashesTextsAndFiles(@TempDir Path temp) throws java.io.IOException {
        String empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assertThat(Sha256.of("")).isEqualTo(empty);
        assertThat(Sha256.of(Files.createFile(temp.resolve("empty")))).isEqualTo(empty);
    }
}
