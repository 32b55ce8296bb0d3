package ardent;

import static ardent.Ardent.attack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.AutoAttack;
import ardent.attack.Cascade;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.Linf;
import ardent.attack.Square;
import ardent.attack.Stage;
import ardent.data.Images;
import ardent.method.Natural;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.progress.Listener;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb that runs cascades: its journal, its progress, and what it refuses. */
class AttackVerbTest {
    private static final Linf BALL = new Linf(0.02f);
    private static final Linf WIDE = new Linf(0.085f);

    /** The first recorded images, in bytes. */
    private static Images images(Classifier network, int count) {
        try (var golden = new Golden("model-tiny")) {
            float[] floats = golden.floats("images");
            byte[] pixels = new byte[count * (int) network.image().size()];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = (byte) Math.round(255 * floats[i]);
            }
            long[] labels = golden.get("labels").toLongArray();
            var names = IntStream.range(0, network.classes())
                    .mapToObj(Integer::toString)
                    .toList();
            int[] classes = IntStream.range(0, count).map(i -> (int) labels[i]).toArray();
            return Images.of("recorded", pixels, classes, network.image(), names);
        }
    }

    private static Cascade small() {
        return new Cascade(new Apgd(BALL).steps(6), new ApgdT(BALL).steps(6).targets(2), new Square(BALL, 60));
    }

    @Test
    void autoAttackKilledAtAnyMomentEndsTheSame(@TempDir Path folder) throws IOException, InterruptedException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        Path journal = folder.resolve("runs/aa");
        assertThat(child(folder.resolve("other"), whole).waitFor()).isZero();
        long full = Files.size(folder.resolve("other"));
        var random = new Random(3);
        int kills = 0;
        for (int i = 0; i < 4; i++) {
            long mark = full * i / 4 + 200 + random.nextInt((int) full / 8);
            Process process = child(journal, parts);
            while (process.isAlive() && (Files.notExists(journal) || Files.size(journal) < mark)) {
                process.waitFor(2, TimeUnit.MILLISECONDS);
            }
            kills += process.isAlive() ? 1 : 0;
            process.destroyForcibly().waitFor();
        }
        assertThat(child(journal, parts).waitFor()).isZero();
        assertThat(Files.readString(parts)).isEqualTo(Files.readString(whole));
        assertThat(kills).isGreaterThan(1);
    }

    private static Process child(Path journal, Path result) throws IOException {
        return JavaProgram.start(Killed.class.getName(), journal.toString(), result.toString());
    }

    /** The child that is killed. */
    static final class Killed {
        public static void main(String[] arguments) throws IOException {
            try (Classifier network = GoldenNet.load("model-tiny")) {
                Images images = images(network, 16);
                // A lambda, whose class has another name in every child.
                Network victim = x -> network.logits(x);
                AutoAttack attack = new AutoAttack(WIDE).batch(4);
                CascadeResult verdict = attack(attack, victim, images, Path.of(arguments[0]));
                try (NDArray clean = images.pixels(Torch.manager());
                        NDArray adversarial = verdict.adversarial(clean)) {
                    String text = Arrays.toString(verdict.brokenBy())
                            + verdict.stages().stream().map(Stage::correct).toList()
                            + Arrays.hashCode(adversarial.toFloatArray())
                            + verdict.warnings();
                    Files.writeString(Path.of(arguments[1]), text);
                }
            }
            Runtime.getRuntime().halt(0);
        }
    }

    @Test
    void progressTellsWhatIsLeftOfEachStage() {
        var lines = new ArrayList<String>();
        var moments = new ArrayList<CascadeOptions.Moment>();
        Work.listener(progress -> lines.add(progress.line()));
        try (Classifier network = GoldenNet.load("model-tiny")) {
            Cascade slow = new Cascade("slow", small().attacks(), 5, small().mode(), 0);
            attack(slow, network, images(network, 25), new CascadeOptions().watch(moment -> {
                        moments.add(moment);
                        pause();
                    }));
        } finally {
            Work.listener(Listener.chosen(Listener::plain));
        }
        assertThat(lines)
                .anyMatch(line -> line.matches(
                        "slow · .* · accuracy \\d+\\.\\d % · images left \\d+ · stage about \\d+ s left · .*"));
        assertThat(moments).anySatisfy(moment -> {
            assertThat(moment.stage()).isEqualTo("Square-60");
            assertThat(moment.left()).isPositive();
            assertThat(moment.figures()).containsKeys("accuracy", "images left", "stage");
        });
        CascadeOptions.Moment last = moments.get(moments.size() - 1);
        assertThat(last.share()).isEqualTo(1);
        assertThat(last.left()).isZero();
        assertThat(last.figures()).doesNotContainKey("stage");
    }

    /** Three classes. */
    @Test
    void progressNamesWhatRunsForFewClasses() {
        var lines = new ArrayList<String>();
        Work.listener(progress -> lines.add(progress.line()));
        try {
            attack(new AutoAttack(new Linf(0.9f)), PredictionsTest::good, Tiny.images(3, 3, 1));
        } finally {
            Work.listener(Listener.chosen(Listener::plain));
        }
        assertThat(lines).isNotEmpty().allMatch(line -> line.startsWith("Cascade for 3 classes (not AutoAttack)"));
    }

    private static void pause() {
        try {
            Thread.sleep(150);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Workers of a fast cascade compute with one thread each: nobody beside or after them may notice. */
    @Test
    void anAttackLeavesTheThreadsAsTheyWere() {
        Images images = ardent.Tiny.images(40, 1);
        Plan plan = Plan.quick().epochs(1).batchSize(20).validation(8).rate(0.05);
        int before = Torch.threads();
        Torch.threads(2);
        try (Classifier first = Ardent.train(new SmallCnn(2), new Natural(), images, plan)) {
            for (int i = 0; i < 2; i++) {
                attack(small(), first, images.first(4));
                assertThat(Torch.threads()).isEqualTo(2);
                int later = Work.run("look", task -> Torch.threads());
                assertThat(later).isEqualTo(2);
                assertThat(CompletableFuture.supplyAsync(Torch::threads, task -> new Thread(task).start())
                                .join())
                        .isEqualTo(2);
            }
            try (Classifier second = Ardent.train(new SmallCnn(2), new Natural(), images, plan)) {
                Description origin = Description.of(second);
                assertThat(origin.at("weights")).isEqualTo(Description.of(first).at("weights"));
                assertThat(Ardent.evaluate(second, images.first(8))
                                .environment()
                                .threads())
                        .isEqualTo(2);
                assertThat(origin.at("environment.threads")).hasValue("2");
            }
        } finally {
            Torch.threads(before);
        }
    }

    @Test
    void aJournalOfSomethingElseIsRefusedAndLeftAlone(@TempDir Path folder) throws IOException {
        try (Classifier network = GoldenNet.load("model-tiny")) {
            Images images = images(network, 8);
            Path journal = folder.resolve("deep/aa");
            attack(small(), network, images, journal);
            byte[] before = Files.readAllBytes(journal);
            String refused = "The journal " + journal + " belongs to another run: attack, network, images, labels or"
                    + " radii differ. Give another file, or delete this one.";
            Network scaled = x -> network.logits(x).mul(Torch.constant(1000));
            assertThatThrownBy(() -> attack(small(), scaled, images, journal)).hasMessage(refused);
            assertThatThrownBy(() -> attack(small().seed(1), network, images, journal))
                    .hasMessage(refused);
            assertThatThrownBy(() -> attack(small(), network, images.first(7), journal))
                    .hasMessage(refused);
            try (Classifier other = network.copy()) {
                Tape.free(() -> other.layers().all().values().iterator().next().muli(Torch.constant(1.5)));
                assertThatThrownBy(() -> attack(small(), other, images, journal))
                        .hasMessage(refused);
            }
            assertThat(Files.readAllBytes(journal)).isEqualTo(before);
            Path notes = Files.writeString(folder.resolve("notes.txt"), "what I did this summer, in many words");
            assertThatThrownBy(() -> attack(small(), network, images, notes))
                    .hasMessage("The file " + notes + " is no journal of a cascade and stays as it is; name another"
                            + " file.");
            assertThat(notes).hasContent("what I did this summer, in many words");
            assertThatThrownBy(() -> attack(small(), network, images, folder))
                    .hasMessage("The journal " + folder + " is a folder; name a file in it.");
        }
    }

    @Test
    void twoRunsDoNotShareAJournal(@TempDir Path folder) throws IOException {
        Path journal = folder.resolve("aa");
        try (Classifier network = GoldenNet.load("model-tiny");
                var channel = java.nio.channels.FileChannel.open(
                        journal, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> attack(small(), network, images(network, 4), journal))
                    .hasMessage("The journal " + journal + " is being written by another run; wait for it, or name"
                            + " another file.");
        }
    }

    /** What a power cut leaves after the last record; other tails are in CascadeRulesTest. */
    @Test
    void aJournalWithADamagedTailGoesOnAndSaysSo(@TempDir Path folder) throws IOException {
        try (Classifier network = GoldenNet.load("model-tiny")) {
            Images images = images(network, 4);
            Cascade cascade = new Cascade(new Apgd(BALL).steps(2));
            Path journal = folder.resolve("aa");
            int[] fell = attack(cascade, network, images, journal).brokenBy();
            byte[] whole = Files.readAllBytes(journal);
            for (byte[] tail : List.of(new byte[12], new byte[64], Arrays.copyOf(whole, 50))) {
                byte[] damaged = Arrays.copyOf(whole, whole.length + tail.length);
                System.arraycopy(tail, 0, damaged, whole.length, tail.length);
                Files.write(journal, damaged);
                String told = heard(() -> assertThat(
                                attack(cascade, network, images, journal).brokenBy())
                        .isEqualTo(fell));
                assertThat(told)
                        .containsOnlyOnce("The journal " + journal + " ends in " + tail.length
                                + " bytes that are no whole record");
                assertThat(Files.readAllBytes(journal)).isEqualTo(whole);
            }
            assertThat(heard(() -> attack(cascade, network, images, journal))).doesNotContain("bytes that are");
            Files.write(journal, new byte[30]);
            assertThat(attack(cascade, network, images, journal).brokenBy()).isEqualTo(fell);
            Files.write(journal, Arrays.copyOf(Arrays.copyOf(whole, 20), 200));
            assertThat(attack(cascade, network, images, journal).brokenBy()).isEqualTo(fell);
        }
    }

    private static String heard(Runnable work) {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** A first write that was cut off leaves a journal that can be begun again. */
    @Test
    void aJournalCutOffAnywhereGoesOn(@TempDir Path folder) throws IOException {
        try (Classifier network = GoldenNet.load("model-tiny")) {
            Images images = images(network, 8);
            Path journal = folder.resolve("aa");
            int[] fell = attack(small(), network, images, journal).brokenBy();
            byte[] bytes = Files.readAllBytes(journal);
            for (int length : new int[] {0, 5, 12, 40, 93, 94, 120, bytes.length / 2, bytes.length - 1}) {
                Files.write(journal, Arrays.copyOf(bytes, length));
                assertThat(attack(small(), network, images, journal).brokenBy())
                        .as("%d bytes", length)
                        .isEqualTo(fell);
            }
        }
    }
}
