package ardent.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.method.Crdnd;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every damage to every file of a run folder is noticed and the file named, be it paused or done. */
class DamageTest {
    private static final int DAMAGES = 200;
    private static final Images DATA = Tiny.images(60, 1);

    @TempDir
    private static Path runs;

    private static Path paused = Path.of("");
    private static Path finished = Path.of("");

    @BeforeAll
    static void train() {
        paused = trained(Tasks.stoppingAfter(7));
        finished = trained(Tasks.silent());
    }

    @AfterAll
    static void check() {
        assertThat(Runs.check(paused)).isEmpty();
        assertThat(Runs.check(finished)).isEmpty();
    }

    private static Path trained(ardent.progress.Work.Task task) {
        var run = new AtomicReference<Run>();
        try (var teacher = Classifier.of(new SmallCnn(1), DATA.shape(), 4, 9)) {
            var parts = new Runs.Parts(
                    new SmallCnn(1),
                    new Crdnd(teacher, new Linf(0.05f)),
                    DATA,
                    Plan.quick().epochs(3).batchSize(20).validation(20));
            Runs.train(parts, runs, new Rhythm(0, Rhythm.usual().longest()), task, run::set);
        }
        Path folder = run.get().folder();
        assertThat(folder).isNotNull();
        return folder;
    }

    @TestFactory
    Stream<DynamicTest> everyDamageIsNoticedAndTheFileNamed() throws IOException {
        return Stream.concat(files(paused), files(finished))
                .map(file -> dynamicTest(file.toString().replaceAll(".*/(.*/.*)", "$1"), () -> damage(file)));
    }

    private static Stream<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all =
                    files.filter(file -> !file.endsWith(".lock")).sorted().toList();
            assertThat(all).hasSizeGreaterThanOrEqualTo(7);
            return all.stream();
        }
    }

    private static void damage(Path file) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        var random = new SplittableRandom(file.getFileName().toString().length());
        try {
            for (int i = 0; i < DAMAGES; i++) {
                byte[] damaged = damaged(whole, random, i);
                Files.write(file, damaged);
                String told = String.join("\n", Runs.check(file.getParent()));
                assertThat(told).as("damage %d", i).contains(file.getFileName().toString());
            }
        } finally {
            Files.write(file, whole);
        }
    }

    /** A flipped bit, or a missing end. */
    private static byte[] damaged(byte[] whole, SplittableRandom random, int i) {
        if (i % 2 == 0) {
            return Arrays.copyOf(whole, random.nextInt(whole.length));
        }
        byte[] copy = whole.clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }
}
