package ardent.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.Ardent;
import ardent.JavaProgram;
import ardent.network.Classifier;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is refused before there is a cluster. */
class SparkTest {
    /** A program without Spark: the verbs load, and a sweep on a cluster says what is missing. */
    public static void main(String[] args) {
        System.out.println("verbs: " + Ardent.runs(Path.of(args[0])).rowCount());
        try (Classifier teacher = SparkSweepTest.teacher()) {
            Ardent.sweep(Path.of(args[0]), SparkSweepTest.grid(teacher), Spark.local(2));
        } catch (IllegalStateException e) {
            System.out.println("refused: " + e.getMessage());
        }
        System.exit(0);
    }

    @Test
    void withoutSparkTheKitLoadsAndSaysWhatIsMissing() throws Exception {
        List<String> command = new ArrayList<>(JavaProgram.command(SparkTest.class.getName(), "nowhere"));
        int path = command.indexOf("-cp") + 1;
        command.set(
                path,
                Stream.of(command.get(path).split(File.pathSeparator))
                        .filter(jar -> !jar.matches(".*[/\\\\](spark|scala)-.*\\.jar"))
                        .collect(Collectors.joining(File.pathSeparator)));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .contains("verbs: 0")
                .contains("refused: Apache Spark is not on the class path. environment/run --with spark sets up");
    }

    @Test
    void threadsOfOneProgramAreNoExecutors() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Spark.at("local[2]"))
                .withMessageContaining("threads of one program would share one engine");
        assertThatIllegalArgumentException().isThrownBy(() -> Spark.local(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Spark.local(1).gpus(2))
                .withMessageContaining("a training uses one GPU");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Spark.local(1).with("spark.master", "local[2]"))
                .withMessageContaining("not with spark.master");
    }

    @Test
    void whatIsNoMasterIsRefusedAtOnce() {
        for (String master : List.of("", "nonsense", "spark://head", "spark://head:7077,other", "http://head:7077")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Spark.at(master))
                    .withMessageContaining("spark://host:port of a standalone master")
                    .withMessageEndingWith("not \"" + master + "\".");
        }
        assertThat(Spark.at("spark://a:7077,b:7077").executors()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Spark.local(1).memory(100))
                .withMessage("An executor needs at least 512 MB of heap, not 100.");
    }

    @Test
    void aSecretStandsInNoRecord() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Spark.at("spark://head:7077").with("spark.authenticate.secret", "x"))
                .withMessageContaining("ARDENT_SPARK_SECRET");
        assertThatThrownBy(() -> SparkSettings.of(Spark.at("spark://head:7077")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set a secret on all of them");
    }

    @Test
    void settingsOfTheUserGoFirst() {
        assertThat(SparkSettings.of(
                        Spark.at("k8s://head").memory(2048).threads(2).with("spark.jars", "kit.jar")))
                .containsEntry("spark.executor.memory", "2048m")
                .containsEntry("spark.executor.cores", "2")
                .containsEntry("spark.task.cpus", "2")
                .containsEntry("spark.authenticate", "true")
                .containsEntry("spark.jars", "kit.jar");
    }

    @Test
    void executorsOfThisMachineNeedAPlaceToStartFrom() {
        assertThatThrownBy(() -> SparkSettings.of(Spark.local(2)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SPARK_HOME")
                .hasMessageContaining("environment/run --with spark");
    }
}
