package ardent.spark;

import ardent.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A driver in a program of its own: Spark reads the environment of its process, and a test kills it. */
final class SparkProgram {
    private static final List<String> OPENS =
            List.of("java.lang", "java.lang.invoke", "java.nio", "java.util", "sun.nio.ch", "jdk.internal.ref");

    /** Executors that start as tests do. */
    static Spark executors(int number) {
        return Spark.local(number).with("spark.executor.extraJavaOptions", String.join(" ", JavaProgram.SHORT));
    }

    private final Process process;
    private final Path log;

    private SparkProgram(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static SparkProgram start(Path temp, Class<?> type, String... arguments) throws IOException {
        return start(List.of(), temp, type, arguments);
    }

    /** By another program, such as one that gives it a small disk. */
    static SparkProgram start(List<String> by, Path temp, Class<?> type, String... arguments) throws IOException {
        Path home = Files.createDirectories(temp.resolve("spark"));
        Files.createDirectories(home.resolve("jars"));
        Path log = Files.createTempFile(temp, "driver", ".txt");
        var all = new ArrayList<>(List.of(type.getName()));
        all.addAll(List.of(arguments));
        List<String> command = JavaProgram.command(all.toArray(String[]::new));
        OPENS.forEach(name -> command.add(1, "--add-opens=java.base/" + name + "=ALL-UNNAMED"));
        command.addAll(0, by);
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("ARDENT_SMOKE");
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return new SparkProgram(builder.start(), log);
    }

    Process process() {
        return process;
    }

    int end() throws InterruptedException {
        if (!process.waitFor(15, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
