package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.tensor.Noise;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Images of which some have no label. */
class UnknownLabelsTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images WHOLE = Tiny.images(48, 1);
    private static final Images SOME = WHOLE.labelled(12, 3);
    private static final Plan PLAN =
            Plan.quick().epochs(3).batchSize(24).rate(0.05).validation(0);
    private static final Classifier TEACHER = Classifier.of(new SmallCnn(2), WHOLE.shape(), 4, 5);

    private static int threads;

    @BeforeAll
    static void oneThread() {
        threads = Torch.threads();
        Torch.threads(1);
    }

    @AfterAll
    static void close() {
        TEACHER.close();
        Torch.threads(threads);
    }

    @Test
    void whatNeedsNoLabelLearnsTheSameWithoutThem() {
        for (Method method : List.of(
                new Rslad(TEACHER, BALL),
                new AdaAd(TEACHER, BALL),
                new Crdnd(TEACHER, BALL),
                new SelfTraining(TEACHER, new Sat(BALL)))) {
            assertThat(trained(method, WHOLE.unlabelled())).as(method.label()).isEqualTo(trained(method, WHOLE));
        }
    }

    @Test
    void partsThatUseLabelsUseThoseThatAreKnown() {
        Crdnd crdnd = new Crdnd(TEACHER, BALL);
        for (Method method : List.of(
                crdnd.compensation(Compensation.residual()),
                crdnd.compensation(Compensation.transition()),
                crdnd.compensation(Compensation.correction()),
                crdnd.compensation(Compensation.reliance()),
                crdnd.contrast(Contrast.instance()),
                crdnd.contrast(Contrast.supervised()))) {
            String some = trained(method, SOME);
            assertThat(some).as(method.toString()).isNotEqualTo(trained(method, WHOLE));
            assertThat(some).as("other labels: " + method).isNotEqualTo(trained(method, WHOLE.labelled(12, 4)));
        }
    }

    @Test
    void whatNeedsLabelsSaysSo() {
        for (Method method : List.of(
                new Natural(),
                new Sat(BALL),
                new Trades(BALL),
                new Ard(TEACHER, BALL),
                new Crdnd(TEACHER, BALL).search(Crdnd.Search.LABELS))) {
            assertThatThrownBy(() -> trained(method, SOME))
                    .as(method.label())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("This method needs labels, and 36 of the 48 training images have none")
                    .hasMessageContaining("images.labelledOnly()");
            assertThat(trained(method, SOME.labelledOnly())).isNotEmpty();
        }
        Method byClass = new Rslad(new Trajectory(List.of(TEACHER)).eachClass(true), BALL);
        assertThatThrownBy(() -> trained(byClass, SOME))
                .hasMessageStartingWith(
                        "A trajectory with a version for each class needs the labels of all training images");
        assertThat(trained(byClass, SOME.labelledOnly())).isNotEmpty();
        assertThatThrownBy(() -> trained(new Rslad(TEACHER, BALL), SOME, PLAN.validation(12)))
                .hasMessageStartingWith("9 of the 12 images that the plan holds out")
                .hasMessageEndingWith("plan.validation(0).");
    }

    /** A target of one image: the teacher's where there is no label, the mended one where there is. */
    @Test
    void labelsReachTheirOwnImagesOnly() {
        int[] all = IntStream.range(0, SOME.size()).toArray();
        try (var manager = Torch.manager().newSubManager();
                var companion = new Companion(SOME, Noise.of(1))) {
            NDArray images = SOME.pixels(manager, all);
            NDArray logits =
                    TEACHER.logits(images).add(images.sum(new int[] {1, 2, 3}).expandDims(1));
            for (Compensation form : List.of(Compensation.correction(), Compensation.reliance())) {
                float[] some = distances(form, images, SOME.knownLabels(manager, all), 36, companion, logits);
                float[] full = distances(form, images, WHOLE.labels(manager, all), 0, companion, logits);
                float[] none = distances(Compensation.none(), images, WHOLE.labels(manager, all), 0, companion, logits);
                for (int i : all) {
                    assertThat(some[i]).isCloseTo(SOME.isLabelled(i) ? full[i] : none[i], within(1e-6f));
                }
                assertThat(some).isNotEqualTo(none);
            }
        }
    }

    private static float[] distances(
            Compensation form, NDArray images, NDArray labels, int unknown, Companion companion, NDArray logits) {
        Step step = new Step(TEACHER, images, labels, unknown, 0, Noise.of(1), companion);
        return form.of(step, TEACHER, images).clean().apply(logits.mul(0.5)).toFloatArray();
    }

    private static String trained(Method method, Images images) {
        return trained(method, images, PLAN);
    }

    private static String trained(Method method, Images images, Plan plan) {
        return Trained.weights(method, images, plan);
    }
}
