package ardent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in {@code environment/}, as a user calls them. */
class SetupScriptsTest {
    @TempDir
    Path temp;

    private record Said(String words, int status) {}

    /** Calls a script; the programs in {@code first} come before those of this machine. */
    private static Said call(Path first, String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("PATH", first.toString(), (all, own) -> own + ":" + all);
        Process process = builder.start();
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(words, process.waitFor());
    }

    /** A machine that can run the tests has all tools; its disk and memory may be small. */
    @Test
    void checkTellsWhatIsPresent() throws Exception {
        Said said = call(temp, "environment/check");
        assertThat(said.words().lines())
                .as(said.words())
                .hasSize(11)
                .allMatch(line -> line.matches("(ok|to do|MISSING) +\\S.*"))
                .noneMatch(line -> line.matches("MISSING +(Java|Maven|Python|platform|data).*"));
        assertThat(said.status()).isEqualTo(said.words().contains("MISSING") ? 1 : 0);
    }

    @Test
    void aShellOfWindowsIsNamed() throws Exception {
        Path uname = Files.writeString(temp.resolve("uname"), "#!/bin/sh\necho MINGW64_NT-10.0-22631\n");
        assertThat(uname.toFile().setExecutable(true)).isTrue();
        String sentence = "These scripts do not run in Windows shells such as Git Bash: install WSL";
        Said check = call(temp, "environment/check");
        assertThat(check.words()).contains("MISSING  platform", sentence);
        Said run = call(temp, "environment/run", "setup");
        assertThat(run.words()).startsWith("Ardent: " + sentence);
        assertThat(run.status()).isEqualTo(check.status()).isEqualTo(1);
    }
}
