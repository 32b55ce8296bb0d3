package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that ran to its end, within its time: its exit code and what it printed. */
record Child(int code, String output) {
    private static final long MINUTES = 10;

    static Child run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("child", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("ARDENT_SMOKE", "1");
        builder.environment().putAll(QuickKernel.environment());
        builder.environment().putAll(environment);
        var process = builder.start();
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                fail(command + " takes longer than " + MINUTES + " minutes: " + Files.readString(output));
            }
            return new Child(process.exitValue(), Files.readString(output));
        } finally {
            process.destroy();
            Files.delete(output);
        }
    }

    void succeeds() {
        assertThat(code).as(output).isZero();
        assertThat(output).doesNotContain(" cannot be shown: ", "No picture: ");
    }

    void fails(String sentence) {
        assertThat(code).as(output).isNotZero();
        assertThat(output).contains(sentence);
    }
}
