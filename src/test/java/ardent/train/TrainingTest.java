package ardent.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.method.Method;
import ardent.method.Natural;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Terms;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Outputs;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.tensor.Losses;
import ardent.tensor.Torch;
import ardent.train.Schedule.Drops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(160, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(3).batchSize(40).rate(0.05).validation(0);

    @Test
    void itLearns() {
        try (var training = new Training(
                new SmallCnn(8), new Natural(), DATA, PLAN.epochs(10).validation(40))) {
            Run run = training.run(Tasks.silent());
            assertThat(run.stopped()).isFalse();
            assertThat(run.history()).hasSize(10);
            assertThat(run.history().get(run.best() - 1).clean()).isGreaterThan(0.9);
            assertThat(run.history().get(0).rate()) // three steps an epoch: its last begins at 2/3
                    .isEqualTo(PLAN.epochs(10).rateAt(2 / 3.0));
        }
    }

    @Test
    void sameSeedSameWeightsOnOneThreadWhateverElseRuns() {
        int before = Torch.threads();
        Torch.threads(1);
        try {
            String once = trained(PLAN, Tasks.silent());
            try (NDArray disturbance = ardent.tensor.Noise.of(4).normal(new Shape(3))) {
                assertThat(disturbance.size()).isEqualTo(3);
            }
            assertThat(trained(PLAN, Tasks.silent())).isEqualTo(once);
            assertThat(trained(PLAN.seed(1), Tasks.silent())).isNotEqualTo(once);
        } finally {
            Torch.threads(before);
        }
    }

    @Test
    void aPlanThatWouldTrainOnFewerImagesThanItHoldsOutIsRefused() {
        for (int images : new int[] {1, 400, 500, 501, 600, 999}) {
            assertThatThrownBy(() -> Plan.quick().requireTrains(images))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("holds out 500 validation images and there are only " + images + ", so that "
                            + Math.max(0, images - 500) + " would be trained on")
                    .hasMessageContaining("plan.validation(" + images / 5 + ")");
            Plan.quick().validation(images / 5).requireTrains(images);
            Plan.quick().validation(0).requireTrains(images);
        }
        Plan.quick().requireTrains(1000);
        Plan.rslad().requireTrains(50_000);
        assertThatThrownBy(() -> new Training(new SmallCnn(2), new Natural(), DATA, Plan.quick()))
                .hasMessageContaining("there are only 160");
    }

    @Test
    void oneEpochOfFewImagesTrains() {
        Plan plan = Plan.quick().epochs(1).validation(0).batchSize(64);
        for (int count : new int[] {1, 4, 64, 65, 128, 160}) {
            for (Plan each : List.of(plan, plan.batchSize(Integer.MAX_VALUE), plan.constant())) {
                try (var training = new Training(new SmallCnn(2), new Natural(), DATA.take(count), each)) {
                    Run run = training.run(Tasks.silent());
                    assertThat(run.history().get(0).rate()).isPositive();
                    assertThat(run.notes()).as("%d images", count).isEmpty();
                }
            }
        }
    }

    @Test
    void aPlanThatTrainsNothingIsRefusedOrTold() {
        Plan slow = new Plan(1, 40, 0.1f, 0.9f, true, 0, new Schedule.Constant(), 5, 0, 0, true, 0);
        assertThatThrownBy(() -> new Training(new SmallCnn(2), new Natural(), DATA.take(40), slow))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "Every step of the plan has the rate 0, so that nothing would be trained: 1 epoch of"
                                + " 1 step at rate 0.1 with a warm-up of 5.0 epochs");
        slow.batchSize(39).requireTrains(40);
        slow.epochs(2).requireTrains(40);
        List<Integer> everywhere =
                java.util.stream.IntStream.rangeClosed(1, 400).boxed().toList();
        Plan dropped = PLAN.epochs(500).schedule(new Drops(everywhere));
        dropped.requireTrains(160);
        Plan gone = new Plan(1, 40, 1e-40f, 0.9f, true, 0, new Drops(List.of(1, 2)), 0.5f, 0, 0, true, 0);
        assertThat(gone.rateAt(1, 1, 4)).isPositive();
        for (Plan still : List.of(PLAN.rate(1e-30), PLAN.clip(1e-30), PLAN.averaging(Averaging.ema(1 - 1e-12)))) {
            try (var training = new Training(new SmallCnn(2), new Natural(), DATA, still.decay(0))) {
                assertThat(training.run(Tasks.silent()).notes())
                        .singleElement()
                        .asString()
                        .startsWith("The student's weights are those it began with");
            }
        }
    }

    /** The term of a step is the mean label of its images, so that its mean over an epoch is that of all images. */
    @Test
    void anEpochsMeanIsOverImages() {
        Method labels = step -> () -> Terms.of(
                "label",
                step.learn(step.images())
                        .mean()
                        .mul(Torch.constant(0))
                        .add(step.labels()
                                .toType(ai.djl.ndarray.types.DataType.FLOAT32, false)
                                .mean()));
        Images uneven = DATA.select(
                java.util.stream.IntStream.range(0, 13).map(i -> i * i % 160).toArray());
        double mean = java.util.stream.IntStream.range(0, 13)
                .map(uneven::label)
                .average()
                .orElseThrow();
        for (int size : new int[] {1, 2, 3, 4, 6, 12, 13, 20}) {
            try (var training = new Training(new SmallCnn(2), labels, uneven, PLAN.batchSize(size))) {
                for (Epoch epoch : training.run(Tasks.silent()).history()) {
                    assertThat(epoch.loss()).as("batches of %d", size).isCloseTo(mean, within(1e-6));
                }
            }
        }
    }

    @Test
    void aBatchLargerThanTheDataIsOneBatch() {
        Plan full = PLAN.epochs(2).validation(40).averaging(Averaging.swa(1));
        String expected = "";
        for (int size : new int[] {120, 121, 1 << 30, Integer.MAX_VALUE - 1, Integer.MAX_VALUE}) {
            try (var training = new Training(new SmallCnn(2), new Sat(BALL), DATA, full.batchSize(size))) {
                Run run = training.run(Tasks.silent());
                assertThat(run.history())
                        .allSatisfy(epoch -> assertThat(epoch.loss()).isPositive());
                String weights = Weights.sha256(run.student().layers().all());
                expected = expected.isEmpty() ? weights : expected;
                assertThat(weights).as("batch of %d", size).isEqualTo(expected);
            }
        }
    }

    private static String trained(Plan plan, ardent.progress.Work.Task task) {
        try (var training = new Training(new ResNet(18, 2), new Sat(BALL), DATA.first(80), plan.epochs(2))) {
            return Weights.sha256(training.run(task).student().layers().all());
        }
    }

    @Test
    void stoppingEndsWithinABatchAndKeepsTheBestWeightsSoFar() {
        Plan plan = PLAN.validation(40).epochs(50);
        try (var training = new Training(new SmallCnn(4), new Sat(BALL), DATA, plan)) {
            Run run = training.run(Tasks.stoppingAfter(8));
            assertThat(run.stopped()).isTrue();
            assertThat(run.history()).hasSize(2);
            assertThat(run.best()).isBetween(1, 2);
            assertThat(((Run.Description) run.student().origin()).stopped()).isTrue();
        }
        try (var training = new Training(new SmallCnn(4), new Sat(BALL), DATA, plan)) {
            Run run = training.run(Tasks.stoppingAfter(2));
            assertThat(run.history()).isEmpty();
            assertThat(run.best()).isZero();
            assertThat(run.student().size()).isPositive();
        }
    }

    @Test
    void theBestEpochIsTheOneWithTheHighestValidationAccuracyRobustWhereAttacked() {
        Method spoiling = new Spoiling(new java.util.concurrent.atomic.AtomicInteger());
        try (var training = new Training(
                new SmallCnn(8), spoiling, DATA, PLAN.epochs(12).validation(40).clip(1))) {
            Run run = training.run(Tasks.silent());
            double best = run.history().stream().mapToDouble(Epoch::clean).max().orElseThrow();
            assertThat(run.history()).extracting(Epoch::robust).containsOnly(Double.NaN);
            assertThat(run.history().get(run.best() - 1).clean()).isEqualTo(best);
            assertThat(run.best()).isLessThan(12);
            assertThat(Weights.sha256(run.student().layers().all()))
                    .isNotEqualTo(Weights.sha256(run.last().layers().all()));
        }
        try (var training = new Training(
                new SmallCnn(4), new Sat(BALL), DATA, PLAN.epochs(6).validation(40))) {
            Run run = training.run(Tasks.silent());
            assertThat(run.history().get(run.best() - 1).robust())
                    .isEqualTo(run.history().stream()
                            .mapToDouble(Epoch::robust)
                            .max()
                            .orElseThrow());
        }
    }

    @Test
    void patienceEndsTheTrainingAsItsPlanSays() {
        Method spoiling = new Spoiling(new java.util.concurrent.atomic.AtomicInteger());
        Plan plan = PLAN.epochs(30).validation(40).clip(1).patience(2);
        try (var training = new Training(new SmallCnn(8), spoiling, DATA, plan)) {
            Run run = training.run(Tasks.silent());
            assertThat(run.history()).hasSize(run.best() + 2).hasSizeLessThan(30);
            assertThat(run.stopped()).isFalse();
        }
    }

    /** Learns for six epochs and unlearns afterwards. */
    private record Spoiling(java.util.concurrent.atomic.AtomicInteger steps) implements Method {
        @Override
        public ardent.method.Objective prepare(ardent.method.Step step) {
            float sign = step.progress() < 0.5 ? 1 : -1;
            return () -> Terms.of(
                    "clean",
                    Losses.crossEntropy(step.learn(step.images()), step.labels())
                            .mean()
                            .mul(Torch.constant(sign)));
        }
    }

    @Test
    void nonsenseStopsWithEpochBatchAndTerm() {
        Method broken = step -> () -> Terms.of("fine", step.learn(step.images()).mean())
                .and(
                        "root",
                        step.learn(step.images())
                                .mean()
                                .mul(Torch.constant(0))
                                .sub(Torch.constant(1))
                                .sqrt());
        try (var training = new Training(new SmallCnn(2), broken, DATA, PLAN)) {
            assertThatThrownBy(() -> training.run(Tasks.silent()))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("epoch 1, batch 1: the term \"root\"");
            assertThat(training.result(true).student().size()).isPositive();
        }
    }

    /** The loss is 0 and its gradient is no number: only the weights of the step after it show that. */
    private static final Method NO_GRADIENT = step -> () -> Terms.of(
            "root", step.learn(step.images()).mean().mul(Torch.constant(0)).sqrt());

    @Test
    void weightsThatTheLastStepLeftNotFiniteAreSaidWithoutValidationToo() {
        Plan once = PLAN.epochs(1).batchSize(160);
        for (Plan plan : List.of(once, once.averaging(Averaging.ema(0.9)), once.averaging(Averaging.swa(1)))) {
            try (var training = new Training(new SmallCnn(2), NO_GRADIENT, DATA, plan)) {
                assertThatThrownBy(() -> training.run(Tasks.silent()))
                        .isInstanceOf(ArithmeticException.class)
                        .hasMessageStartingWith(
                                "Training stopped at the end of epoch 1, whose last step left weights that are not finite: ")
                        .hasMessageContaining("of its")
                        .hasMessageContaining("values NaN or infinite (so have ")
                        .hasMessageEndingWith(" A lower rate, a warm-up or a gradient clip in the plan usually helps.");
                assertThat(training.history()).isEmpty();
            }
        }
        try (var training = new Training(new SmallCnn(2), NO_GRADIENT, DATA, once.validation(40))) {
            assertThatThrownBy(() -> training.run(Tasks.silent()))
                    .hasMessageStartingWith("Training stopped in the validation of epoch 1");
        }
    }

    @Test
    void weightsThatAreNotFiniteWhereATrainingWasStoppedAreNoted() {
        for (int held : new int[] {0, 40}) {
            try (var training = new Training(new SmallCnn(2), NO_GRADIENT, DATA, PLAN.validation(held))) {
                Run run = training.run(Tasks.stoppingAfter(1));
                assertThat(run.stopped()).isTrue();
                assertThat(run.notes())
                        .singleElement()
                        .asString()
                        .startsWith("The last step before the stop left weights that are not finite: ");
            }
        }
    }

    @Test
    void memoryStaysFlat() {
        assertFlat(PLAN, 120);
    }

    @Test
    void memoryStaysFlatWithAveragesAndPerturbation() {
        assertFlat(PLAN.perturbation(Perturbation.awp(0.005)).averaging(Averaging.ema(0.99)), 120);
        assertFlat(PLAN.validation(40).averaging(Averaging.swa(5)), 120);
    }

    /** A leak grows in every training; what else the program takes, such as compiled code, grows once. */
    private static void assertFlat(Plan shape, int steps) {
        long grown = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 4 && grown >= 300_000; attempt++) {
            grown = Math.min(grown, growth(shape, steps));
        }
        assertThat(grown).as("bytes after 60 steps").isLessThan(300_000);
    }

    private static long growth(Plan shape, int steps) {
        int epochs = steps / (shape.validation() == 0 ? 4 : 3);
        Plan plan = shape.epochs(epochs);
        Classifier teacher = Classifier.of(new SmallCnn(4), DATA.shape(), 4, 1);
        try (teacher;
                var training = new Training(new SmallCnn(4), new Rslad(teacher, BALL), DATA, plan)) {
            var arrays = new long[2];
            var least = new long[] {Long.MAX_VALUE, Long.MAX_VALUE};
            training.run(new ardent.progress.Work.Task() {
                @Override
                public void report(String phase, long done, long total, java.util.Map<String, String> figures) {
                    boolean early = done > 20 && done <= 60;
                    if ((early || done > steps - 40) && done % 12 == 0) {
                        int when = early ? 0 : 1;
                        arrays[when] = OpenArrays.below(Torch.manager());
                        least[when] = Math.min(least[when], OpenArrays.bytes());
                    }
                }

                @Override
                public boolean stopping() {
                    return false;
                }
            });
            assertThat(arrays[1]).isEqualTo(arrays[0]).isPositive();
            return least[1] - least[0];
        }
    }

    @Test
    void savedNetworksComeBackWithTheirOrigin(@TempDir Path folder) throws IOException {
        try (var teacher = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 1);
                var training = new Training(new ResNet(18, 2), new Rslad(teacher, BALL), DATA, PLAN.epochs(1))) {
            Classifier student = training.run(Tasks.silent()).student();
            Path file = folder.resolve("student.safetensors");
            student.save(file);
            try (Classifier loaded = Classifier.load(file);
                    NDManager manager = Torch.manager().newSubManager()) {
                assertThat(loaded.name()).isEqualTo("ResNet18 · RSLAD");
                assertThat(loaded.architecture()).isEqualTo(new ResNet(18, 2));
                assertThat(Description.of(loaded)).isEqualTo(Description.of(student));
                NDArray images = DATA.pixels(manager, new int[] {0, 1});
                assertThat(loaded.logits(images).toFloatArray())
                        .isEqualTo(student.logits(images).toFloatArray());
            }
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
            assertThatThrownBy(() -> Classifier.load(file)).hasMessageContaining("student.safetensors");
            assertThatThrownBy(() -> student.save(folder.resolve("student.safetensors/x/y.safetensors")))
                    .hasMessageContaining("cannot be written");
        }
    }

    @Test
    void plansRefuseNonsenseInOneSentence() {
        assertThatThrownBy(() -> PLAN.epochs(0)).hasMessageContaining("at least 1 epoch");
        assertThatThrownBy(() -> PLAN.rate(-1)).hasMessageContaining("rate greater than 0");
        assertThatThrownBy(() -> PLAN.rate(Double.NaN)).hasMessageContaining("rate greater than 0");
        assertThatThrownBy(() -> PLAN.batchSize(0)).hasMessageContaining("at least 1 image");
        assertThatThrownBy(() -> new Drops(List.of(5, 3))).hasMessageContaining("ascending");
        assertThatThrownBy(() -> new Training(new SmallCnn(), new Natural(), DATA, PLAN.validation(160)))
                .hasMessageContaining("there are only 160");
    }

    @Test
    void anArchitectureThatDoesNotFitTheImagesIsRefused() {
        Architecture ofFourChannels = (net, image, classes) -> {
            var first = net.conv("first", 4, classes, 3, 1);
            return (x, training) -> new Outputs(x, first.apply(x, training));
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Training(ofFourChannels, new Natural(), DATA, PLAN))
                .withMessageContaining("cannot take images of ")
                .withMessageContaining("the convolution first takes maps of 4 channels");
    }

    private static void refused(Method method, String sentence) {
        try (var training = new Training(new SmallCnn(2), method, DATA, PLAN)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> training.run(Tasks.silent()))
                    .withMessageContaining(sentence);
        }
    }

    @Test
    void aMethodOfACellHearsWhatIsWrongWithItsLoss() {
        refused(
                step -> () -> Terms.of("clean", Losses.crossEntropy(step.learn(step.images()), step.labels())),
                "The term \"clean\" of the loss has the shape (40) and a loss is one number: take its mean() first.");
        refused(
                step -> () -> Terms.of(
                        "size", step.learn(step.images()).mul(step.images().mean(new int[] {1, 2, 3}))),
                "over one axis at a time: write x.reshape(x.getShape().get(0), -1).mean(new int[] {1})");
        refused(
                step -> {
                    step.images().mean(new int[] {1, 2, 3});
                    return () -> Terms.of("none", step.learn(step.images()).mean());
                },
                "over one axis at a time");
        refused(
                step -> {
                    new Pgd(BALL, 1).ascend(step.images(), step.noise(), x -> x.mean(new int[] {2, 3}));
                    return () -> Terms.of("none", step.learn(step.images()).mean());
                },
                "over one axis at a time");
        refused(
                step -> () -> Terms.of(
                        "still",
                        step.student().logits(step.images()).stopGradient().mean()),
                "The loss does not depend on the weights");
        refused(step -> null, "is null");
        refused(step -> () -> null, "The value of the objective is null");
        refused(step -> () -> new Terms(List.of()), "A loss needs at least one term.");
    }

    /** The advice of the sentence works. */
    @Test
    void theMeanOverAllPixelsIsTakenInOneRow() {
        Method method = step -> () -> Terms.of(
                "size",
                step.learn(step.images())
                        .mean(new int[] {1})
                        .mul(step.images()
                                .reshape(step.images().getShape().get(0), -1)
                                .mean(new int[] {1}))
                        .mean());
        try (var training = new Training(new SmallCnn(2), method, DATA, PLAN.epochs(1))) {
            assertThat(training.run(Tasks.silent()).history()).hasSize(1);
        }
    }

    @Test
    void aBatchOfOneImageUnderMapsOfOnePixelIsRefusedBeforeWorkStarts() {
        Images five = Tiny.images(5, 1);
        for (Plan plan : new Plan[] {
            PLAN.batchSize(4),
            PLAN.batchSize(1),
            PLAN.averaging(Averaging.swa(1)).batchSize(2)
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Training(new ResNet(18, 2), new Natural(), five, plan))
                    .withMessageContaining("5 images in batches of " + plan.batchSize() + " make a batch of one image")
                    .withMessageContaining("one value for each channel")
                    .withMessageEndingWith("; change batchSize.");
            try (var training = new Training(new SmallCnn(2), new Natural(), five, plan.epochs(1))) {
                training.run(Tasks.silent()); // its maps have more than one pixel
            }
        }
        try (var training = new Training(
                new ResNet(18, 2), new Natural(), five, PLAN.batchSize(3).epochs(1))) {
            assertThat(training.run(Tasks.silent()).history()).hasSize(1);
        }
    }
}
