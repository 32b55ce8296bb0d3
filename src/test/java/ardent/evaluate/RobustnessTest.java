package ardent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.Fgsm;
import ardent.attack.Goal;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Restarts;
import ardent.attack.Transfer;
import ardent.attack.WorstOf;
import ardent.data.Images;
import ardent.network.Architecture;
import ardent.network.Chain;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Network;
import ardent.provenance.RecordProvenance;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import com.oracle.labs.mlrg.olcut.config.json.JsonProvenanceSerialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tribuo.classification.Label;

class RobustnessTest {
    /** Grey level 0, 100, 200 of a 1×1 image is class a, b, c; the network rounds to the nearest. */
    static final Network NEAREST = images -> {
        NDArray grey = images.reshape(-1, 1);
        NDArray centres = grey.getManager().create(new float[] {0f, 100 / 255f, 200 / 255f}, new Shape(1, 3));
        return grey.sub(centres).abs().neg();
    };

    /** Adds the same amount to every pixel. */
    record Brighten(float amount, Ball ball) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return images.add(amount);
        }
    }

    /** What the attack wants is the next class, where the grey level is even; others it leaves alone. */
    record Half() implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            NDArray third = labels.eq(0).toType(DataType.FLOAT32, false).reshape(-1, 1, 1, 1);
            return images.add(third.mul(100 / 255f));
        }
    }

    static Images greys(int... greys) {
        byte[] pixels = new byte[greys.length];
        int[] labels = new int[greys.length];
        for (int i = 0; i < greys.length; i++) {
            pixels[i] = (byte) greys[i];
            labels[i] = Math.min(2, Math.round(greys[i] / 100f));
        }
        return Images.of("greys", pixels, labels, new Shape(1, 1, 1), List.of("a", "b", "c"));
    }

    private static Outcome only(Network network, Images images, Attack... attacks) {
        return Robustness.measure(
                        List.of(new Subject("nearest", network)), images, List.of(attacks), new Protocol(2, 0))
                .outcomes()
                .get(0);
    }

    /** What a cascade leaves as it is was predicted before; the first batch alone is asked again, to see whether images are mixed. */
    @Test
    void cleanImagesThatACascadeLeavesArePredictedOnce() {
        var asked = new ArrayList<Integer>();
        Network counting = images -> {
            for (float pixel : images.toFloatArray()) {
                asked.add(Math.round(255 * pixel));
            }
            return NEAREST.logits(images);
        };
        Images images = greys(200, 210, 0, 90, 110, 10);
        Outcome plain = only(counting, images, new Half());
        asked.clear();
        Outcome whole = only(counting, images, new Cascade(new Half()));
        assertThat(Collections.frequency(asked, 90))
                .as("clean, and by the search")
                .isEqualTo(2);
        assertThat(Collections.frequency(asked, 200)).as("again, twice").isGreaterThan(2);
        assertThat(whole.scores().get(0).robust())
                .isEqualTo(plain.scores().get(0).robust());
        assertThat(whole.scores().get(0).predicted().confusion())
                .isEqualTo(plain.scores().get(0).predicted().confusion());
    }

    @Test
    void figuresEqualThoseComputedByHand() {
        // labels a a b b b c c; the attack turns both a into b and leaves the rest
        Outcome outcome = only(NEAREST, greys(0, 10, 90, 100, 110, 200, 210), new Half());
        Score score = outcome.scores().get(0);
        assertThat(outcome.clean().rate()).isEqualTo(1);
        assertThat(score.robustAccuracy()).isEqualTo(5 / 7.0);
        assertThat(score.adversarialAccuracy()).isEqualTo(5 / 7.0);
        assertThat(score.attackSuccess()).isCloseTo(2 / 7.0, within(1e-12));
        assertThat(score.byClass()).isEqualTo(Map.of("a", 0.0, "b", 1.0, "c", 1.0));
        assertThat(score.evaluation().accuracy()).isEqualTo(5 / 7.0);
        assertThat(score.evaluation().recall(new Label("b"))).isEqualTo(1);
        assertThat(score.evaluation().precision(new Label("b"))).isEqualTo(3 / 5.0);
        assertThat(score.evaluation().confusion(new Label("b"), new Label("a"))).isEqualTo(2);
        assertThat(score.evaluation().getConfusionMatrix().getLabelOrder())
                .containsExactly(new Label("a"), new Label("b"), new Label("c"));
        assertThat(score.distances().linf()).isCloseTo(100 / 255.0, within(1e-6));
        assertThat(score.findings()).isEmpty();
        assertThat(score.missing()).isEmpty();
    }

    /** For two or three classes another cascade runs, and every table is headed by what ran. */
    @Test
    void whatIsNotAutoAttackIsNotCalledSo() {
        Network wrong = x -> {
            NDArray none = x.reshape(x.getShape().get(0), 1).mul(Torch.constant(0));
            return none.concat(none, 1).concat(none.add(Torch.constant(1)), 1);
        };
        Images images = greys(0, 10);
        var attack = new AutoAttack(new Linf(0.1f));
        Robustness measured =
                Robustness.measure(List.of(new Subject("wrong", wrong)), images, List.of(attack), new Protocol(2, 0));
        String name = "Cascade for 3 classes (not AutoAttack)";
        assertThat(measured.attacks().get(0).name()).isEqualTo(name);
        assertThat(measured.outcomes().get(0).scores().get(0).attack()).isEqualTo(name);
        assertThat(attack.label(4)).isEqualTo(attack.label()).isEqualTo("AutoAttack");
    }

    @Test
    void aBatchLargerThanTheDataIsOneBatch() {
        Images images = greys(0, 10, 90, 100, 110, 200, 210);
        Outcome whole = measured(images, images.size());
        for (int size : new int[] {8, 1 << 30, Integer.MAX_VALUE - 1, Integer.MAX_VALUE}) {
            Outcome outcome = measured(images, size);
            assertThat(outcome.clean()).as("batch of %d", size).isEqualTo(whole.clean());
            assertThat(outcome.scores().get(0).robust())
                    .as("batch of %d", size)
                    .isEqualTo(whole.scores().get(0).robust());
            assertThat(outcome.scores().get(0).robustAccuracy()).isEqualTo(5 / 7.0);
        }
    }

    private static Outcome measured(Images images, int batchSize) {
        var subject = List.of(new Subject("nearest", NEAREST));
        return Robustness.measure(subject, images, List.of(new Half()), new Protocol(batchSize, 0))
                .outcomes()
                .get(0);
    }

    @Test
    void worstIsOverAttacksImageByImage() {
        Attack onB = (victim, images, labels, noise) -> images.add(labels.eq(1)
                .toType(DataType.FLOAT32, false)
                .reshape(-1, 1, 1, 1)
                .mul(100 / 255f));
        Outcome outcome = only(NEAREST, greys(0, 100, 200), new Half(), onB);
        assertThat(outcome.scores()).extracting(Score::robustAccuracy).containsExactly(2 / 3.0, 2 / 3.0);
        assertThat(outcome.worst().rate()).isEqualTo(1 / 3.0);
    }

    @Test
    void wrongCleanImagesAreNeverRobust() {
        Network swapped = images -> NEAREST.logits(images).neg();
        Score score = only(swapped, greys(0, 100, 200), new Half()).scores().get(0);
        assertThat(score.clean().count()).isEqualTo(0);
        assertThat(score.attackSuccess()).isNaN();
        assertThat(score.robustAccuracy()).isEqualTo(0);
        assertThat(score.interval().low()).isEqualTo(0);
    }

    @Test
    void anAbsentClassIsNamedAndLeftOutOfAverages() {
        Score score = only(NEAREST, greys(0, 200), new Half()).scores().get(0);
        assertThat(score.missing()).containsExactly("b");
        assertThat(score.byClass()).containsOnlyKeys("a", "c");
        assertThat(score.robustAccuracy()).isEqualTo(0.5);
    }

    @Test
    void macroAveragesAreOverTheClassesThatOccur() {
        var perfect = only(NEAREST, greys(0, 200)).evaluation();
        assertThat(perfect.accuracy()).isEqualTo(1);
        assertThat(perfect.macroAveragedF1()).isEqualTo(1);
        assertThat(perfect.macroAveragedRecall()).isEqualTo(1);
        Network always = images -> NEAREST.logits(images.mul(0));
        var half = only(always, greys(0, 200)).evaluation(); // F1 of a: 2/3, of c: 0, as scikit-learn has it
        assertThat(half.macroAveragedF1()).isCloseTo(1 / 3.0, within(1e-12));
    }

    /** Tribuo's work grows with the cube of the classes: a minute here, were it done before anybody asks. */
    @Test
    void aThousandClassesCostNoMoreThanTheirLogits() {
        Network network = images -> {
            try (NDArray numbers = Torch.manager().arange(1000f)) {
                return images.reshape(images.getShape().get(0), -1)
                        .sum(new int[] {1}, true)
                        .mul(numbers);
            }
        };
        var classes = IntStream.range(0, 1000).mapToObj(k -> "class " + k).toList();
        Images images = Images.of("many", new byte[40], IntStream.range(0, 10).toArray(), new Shape(1, 2, 2), classes);
        Outcome outcome = assertTimeout(Duration.ofSeconds(20), () -> only(network, images, new Half()));
        assertThat(outcome.clean().count()).isEqualTo(1);
        assertThat(outcome.predicted().confusion()[3][0]).isEqualTo(1);
        assertThat(outcome.evaluation().accuracy()).isEqualTo(0.1);
    }

    @Test
    void checksCatchWhatLeavesTheBallOrThePixelRange() {
        Images dark = greys(0, 0, 0);
        assertThat(found(new Brighten(0.1f, new Linf(0.1f)), dark)).isEmpty();
        assertThat(found(new Brighten(0.1f, new L2(0.1f)), dark)).isEmpty();
        assertThat(found(new Brighten(0.101f, new Linf(0.1f)), dark)).containsExactly(Finding.Code.OUTSIDE_BALL);
        assertThat(found(new Brighten(0.101f, new L2(0.1f)), dark)).containsExactly(Finding.Code.OUTSIDE_BALL);
        assertThat(found(new Brighten(-0.001f, new Linf(0.1f)), dark)).containsExactly(Finding.Code.OUTSIDE_PIXELS);
        assertThat(found(new Brighten(0.1f, new Linf(0.1f)), greys(255))).containsExactly(Finding.Code.OUTSIDE_PIXELS);
        Finding finding = only(NEAREST, dark, new Brighten(0.101f, new Linf(0.1f)))
                .scores()
                .get(0)
                .findings()
                .get(0);
        assertThat(finding.images()).isEqualTo(3);
        assertThat(finding.worst()).isCloseTo(1e-3, within(1e-6));
        assertThat(finding)
                .hasToString("3 images left the attack's ball, by at most 0.00100, and were scored"
                        + " by their clean image: project what the attack returns.");
    }

    @Test
    void anImageThatIsNotFiniteGivesTheAttackNothing() {
        Attack broken = (victim, images, labels, noise) -> images.mul(Float.NaN);
        Score score = only(NEAREST, greys(0, 100, 200), broken).scores().get(0);
        assertThat(score.findings()).extracting(Finding::code).containsExactly(Finding.Code.NOT_FINITE);
        assertThat(score.robustAccuracy()).isEqualTo(1);
    }

    @Test
    void aNetworkThatMixesImagesIsFound() {
        Network mixing = images -> NEAREST.logits(images).add(images.sum());
        assertThat(only(mixing, greys(0, 100, 200), new Half()).scores().get(0).findings())
                .extracting(Finding::code)
                .containsExactly(Finding.Code.NOT_REPEATABLE);
    }

    private static List<Finding.Code> found(Attack attack, Images images) {
        return only(NEAREST, images, attack).scores().get(0).findings().stream()
                .map(Finding::code)
                .toList();
    }

    @Test
    void badNetworksAreRefusedInOneSentence() {
        Network two = images -> images.reshape(-1, 1).concat(images.reshape(-1, 1), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> only(two, greys(0, 100)))
                .withMessage("The network nearest answers 2 images with logits of shape (2, 2), but the data have 3"
                        + " classes: take a network for these classes.");
        Network nan = images -> NEAREST.logits(images).mul(Float.NaN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> only(nan, greys(0, 100)))
                .withMessageContaining("answers image 0 with a logit that is not finite");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Robustness.measure(List.of(), greys(0), List.of(), new Protocol()))
                .withMessage("There is no network to evaluate.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Protocol(0, 0))
                .withMessageContaining("not 0");
        Attack cropped = (victim, images, labels, noise) -> images.get("0:1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> only(NEAREST, greys(0, 100), cropped))
                .withMessageContaining("returned shape (1, 1, 1, 1)");
    }

    private record Linear() implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            return new Chain(net, image).linear("linear", classes).body();
        }
    }

    /** Work that comes before a network that cannot be asked would be lost. */
    @Test
    void everyNetworkIsAskedBeforeWorkStarts() {
        int[] asked = {0};
        Network good = images -> {
            asked[0]++;
            return NEAREST.logits(images);
        };
        Network two = images -> images.reshape(-1, 1).concat(images.reshape(-1, 1), 1);
        Network four = images -> two.logits(images).concat(two.logits(images), 1);
        Classifier closed = Classifier.of(new Linear(), new Shape(1, 1, 1), 3, 0);
        closed.close();
        String sentence = closed.name() + " is closed, and its weights are freed: close it later, or train, load or"
                + " resume it again.";
        Images images = greys(0, 100);
        Fgsm fgsm = new Fgsm(new Linf(0.1f));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> measure(List.of(good, two), images))
                .withMessageContaining("logits of shape (1, 2), but the data have 3 classes");
        assertThatIllegalStateException()
                .isThrownBy(() -> measure(List.of(good, closed), images))
                .withMessage(sentence);
        assertThatIllegalStateException()
                .isThrownBy(() -> measure(List.of(good), images, fgsm, new Transfer(fgsm, closed)))
                .withMessage(sentence);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> measure(List.of(good), images, new WorstOf(fgsm, new Transfer(fgsm, two))))
                .withMessageContaining("logits of shape (1, 2), but the data have 3 classes");
        assertThat(asked[0]).as("times that the good one was asked").isZero();
        assertThatIllegalStateException()
                .isThrownBy(() -> measure(List.of(closed), images))
                .withMessage(sentence);
        assertThat(measure(List.of(good), images, new Transfer(fgsm, four)).complete())
                .as("a source may know more classes")
                .isTrue();
    }

    /** Scores of the attacks before it would be lost; where it climbs another network, the classes of that one count. */
    @Test
    void anAttackThatNeedsMoreClassesIsRefusedBeforeWorkStarts() {
        int[] asked = {0};
        Network good = images -> {
            asked[0]++;
            return NEAREST.logits(images);
        };
        Network four =
                images -> NEAREST.logits(images).concat(images.reshape(-1, 1).sub(2), 1);
        Images images = greys(0, 100);
        Linf ball = new Linf(0.1f);
        Attack targeted = new ApgdT(ball).steps(2);
        String sentence = "The goal TARGETED_DLR compares 4 classes and there are 3: take new ApgdT(ball,"
                + " Goal.TARGETED_DLR_OF_THREE).";
        for (Attack unfit : List.of(
                targeted,
                new Cascade(new Fgsm(ball), targeted),
                new Restarts(new Attack.InBfloat16(targeted), 2),
                new WorstOf(new Fgsm(ball), new Transfer(targeted, NEAREST)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> measure(List.of(good), images, new Fgsm(ball), unfit))
                    .withMessage(sentence);
        }
        Images two = Images.of("two", new byte[] {0, 100}, new int[] {0, 1}, new Shape(1, 1, 1), List.of("a", "b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> measure(List.of(good), two, new Apgd(ball, Goal.DLR)))
                .withMessage("The goal DLR compares 3 classes and there are 2: take new Apgd(ball, Goal.MARGIN).");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> measure(List.of(good), two, new ApgdT(ball, Goal.TARGETED_DLR_OF_THREE)))
                .withMessageEndingWith("take new ApgdT(ball, Goal.TARGETED_MARGIN).");
        assertThat(asked[0]).as("times that the network was asked").isZero();
        Attack advised = new ApgdT(ball, Goal.TARGETED_DLR_OF_THREE).steps(2);
        assertThat(measure(List.of(good), images, advised, new Transfer(targeted, four))
                        .complete())
                .isTrue();
    }

    private static Robustness measure(List<Network> networks, Images images, Attack... attacks) {
        return Robustness.measure(
                networks.stream().map(Subject::of).toList(), images, List.of(attacks), new Protocol());
    }

    @Test
    void batchesOfAnySizeGiveTheSameScores() {
        Images images = greys(IntStream.range(0, 23).map(i -> i * 11).toArray());
        for (int batch : new int[] {1, 2, 7, 23, 100}) {
            Robustness robustness = Robustness.measure(
                    List.of(Subject.of(NEAREST)), images, List.of(new Half()), new Protocol(batch, 3));
            assertThat(robustness.complete()).isTrue();
            assertThat(robustness.outcomes().get(0).scores().get(0).robust().count())
                    .isEqualTo(18);
            assertThat(robustness.outcomes().get(0).scores().get(0).examples()).hasSize(10);
        }
    }

    @Test
    void nothingStaysInTheEngine() {
        Images images = greys(IntStream.range(0, 200).map(i -> i).toArray());
        only(NEAREST, images, new Half());
        int before = Torch.manager().getManagedArrays().size();
        Attack random = (victim, x, labels, noise) -> x.add(noise.uniform(0, 0.1, x.getShape()));
        only(NEAREST, images, new Half(), random);
        assertThat(Torch.manager().getManagedArrays()).hasSize(before);
    }

    @Test
    void interruptedItKeepsTheScoresThatAreComplete() {
        Thread cell = Thread.currentThread();
        Attack slow = (victim, images, labels, noise) -> {
            cell.interrupt();
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return images;
        };
        Robustness robustness = Robustness.measure(
                List.of(Subject.of(NEAREST), Subject.of(NEAREST)),
                greys(0, 100, 200),
                List.of(new Half(), slow),
                new Protocol(1, 0));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(robustness.complete()).isFalse();
        assertThat(robustness.outcomes()).hasSize(1);
        assertThat(robustness.outcomes().get(0).scores())
                .extracting(Score::attack)
                .containsExactly("Half");
    }

    @Test
    void namesTellSubjectsAndAttacksApart() {
        Robustness robustness = Robustness.measure(
                List.of(Subject.of(NEAREST), Subject.of(NEAREST)),
                greys(0, 100),
                List.of(new Brighten(0.1f, new Linf(0.2f)), new Brighten(0.2f, new Linf(0.2f))),
                new Protocol());
        assertThat(robustness.attacks())
                .extracting(Robustness.Attacked::name)
                .containsExactly("Brighten · amount 0.1", "Brighten · amount 0.2");
        assertThat(robustness.outcomes()).extracting(Outcome::name).containsExactly("network", "network #2");
        assertThat(robustness.outcomes().get(0).description().repeatable()).isFalse();
    }

    @Test
    void tribuoMarshalsTheProvenance() throws Exception {
        var provenance = only(NEAREST, greys(0, 100), new Half())
                .scores()
                .get(0)
                .evaluation()
                .getProvenance();
        var json = new JsonProvenanceSerialization(true);
        String text = json.marshalAndSerialize(provenance);
        assertThat(json.deserializeAndUnmarshal(text)).isEqualTo(provenance);
        assertThat(text).contains(RecordProvenance.class.getName(), "RobustnessTest$Half", "greys");
    }
}
