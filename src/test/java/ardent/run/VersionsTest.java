package ardent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.Ardent;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Trajectory;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.train.Plan;
import ardent.train.Run;
import ardent.train.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan keeps versions of a network along its training, in its run folder. */
class VersionsTest {
    private static final Images DATA = Tiny.images(40, 1);
    private static final Linf BALL = new Linf(0.05f);
    private static final Plan PLAN =
            Plan.quick().epochs(8).batchSize(20).rate(0.05).validation(0).versions(4);

    @TempDir
    Path runs;

    private Path train(Plan plan, long reports) {
        var run = new AtomicReference<Run>();
        Runs.train(
                new RunParts(new SmallCnn(2), new Sat(BALL), DATA, plan), runs, Tasks.stoppingAfter(reports), run::set);
        run.get().student().close();
        return run.get().folder();
    }

    private static List<String> weights(List<Classifier> versions) {
        List<String> weights = versions.stream()
                .map(version -> Weights.sha256(version.layers().all()))
                .toList();
        versions.forEach(Classifier::close);
        return weights;
    }

    @Test
    void versionsStandAtQuartersWholeAndSealedAndTeach() throws IOException {
        Path folder = train(PLAN, Long.MAX_VALUE);
        List<Classifier> versions = Runs.versions(folder, null);
        assertThat(versions.stream()
                        .map(version -> Description.of(version).at("epoch").orElse("")))
                .containsExactly("2", "4", "6", "8");
        assertThat(versions.stream().map(Classifier::name))
                .containsExactly(
                        "SmallCnn · SAT · epoch 2",
                        "SmallCnn · SAT · epoch 4",
                        "SmallCnn · SAT · epoch 6",
                        "SmallCnn · SAT · epoch 8");
        assertThat(RunState.read(folder).files()).containsKeys("version-00002.safetensors");
        assertThat(Runs.check(folder)).isEmpty();
        Trajectory trajectory = Ardent.trajectory(folder);
        var run = new AtomicReference<Run>();
        var parts = new RunParts(new SmallCnn(2), new Rslad(trajectory, BALL), DATA, PLAN.versions(0));
        Runs.train(parts, runs, Tasks.stoppingAfter(6), run::set);
        String whole = student(parts, runs);
        Path begun = run.get().folder();
        Runs.resume(begun, new RunParts.Given(null, null, DATA), Tasks.silent(), run::set);
        assertThat(weights(List.of(run.get().student())))
                .as("its teacher is read from its own folder")
                .containsExactly(whole);
        trajectory.versions().forEach(Classifier::close);

        Path kept = folder.resolve("version-00004.safetensors");
        byte[] bytes = Files.readAllBytes(kept);
        bytes[bytes.length - 1] ^= 1;
        Files.write(kept, bytes);
        assertThat(Runs.check(folder)).singleElement().asString().contains("version-00004.safetensors is damaged");
        assertThatThrownBy(() -> Runs.versions(folder, null))
                .hasMessageContaining("version-00004.safetensors is damaged");
        Files.delete(kept);
        assertThatThrownBy(() -> Runs.versions(folder, null)).hasMessage("The file " + kept + " is missing.");
    }

    private static String student(RunParts parts, Path runs) {
        var run = new AtomicReference<Run>();
        Runs.train(parts, runs, Tasks.silent(), run::set);
        return weights(List.of(run.get().student())).get(0);
    }

    @Test
    void anInterruptedRunKeepsTheSameVersions() {
        List<String> whole = weights(Runs.versions(train(PLAN, Long.MAX_VALUE), null));
        for (long reports : new long[] {3, 7, 9}) {
            Path folder = train(PLAN, reports);
            assertThatThrownBy(() -> Runs.versions(folder, null)).hasMessageContaining("is not finished");
            Runs.resume(
                    folder,
                    new RunParts.Given(null, null, DATA),
                    Tasks.silent(),
                    run -> run.student().close());
            assertThat(weights(Runs.versions(folder, null))).isEqualTo(whole);
        }
        assertThatThrownBy(() -> Runs.versions(train(PLAN.versions(0), Long.MAX_VALUE), null))
                .hasMessageContaining("as in plan.versions(4)");
    }

    /** How many are kept changes no weight: a sweep finds the run, and plans of 0.1.0 kept none. */
    @Test
    void thePlanIsTheSameToWhoComparesAndReadsFormerOnes() {
        Description with = Description.of(PLAN);
        assertThat(with.essence()).isEqualTo(Description.of(PLAN.versions(0)).essence());
        String former = Description.of(PLAN.versions(0)).json().replaceFirst(",\\s*\"versions\": *0", "");
        former = former.replaceFirst("\\s*\"@facts\": *\"versions\",", "");
        assertThat(former).doesNotContain("versions");
        Description read = Description.parse(former);
        assertThat(read.rebuild()).isEqualTo(PLAN.versions(0));
        assertThat(read.essence()).isEqualTo(with.essence());
    }
}
