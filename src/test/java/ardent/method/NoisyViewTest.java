package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.attack.Start;
import ardent.data.Images;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Noise before the student. */
class NoisyViewTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(80, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(1).batchSize(40).rate(0.05).validation(0);

    @Test
    void withoutNoiseAndWithoutCleanImagesItIsTheMethodToTheLastBit() {
        assertThat(trained(new NoisyView(new Trades(BALL), BALL, Start.clean())))
                .isEqualTo(trained(new Trades(BALL)));
        assertThat(trained(new NoisyView(new Sat(BALL), BALL))).isEqualTo(trained(new Sat(BALL)));
        assertThat(trained(new NoisyView(BALL))).isNotEqualTo(trained(new Trades(BALL)));
    }

    /** What the student learns from is what the start gives and the attacked images, and never a clean one. */
    @Test
    void theStudentSeesRandomPointsOfTheBallInPlaceOfTheCleanImages() {
        var seen = new ArrayList<float[]>();
        Architecture plan = new SmallCnn(2);
        Architecture watched = (net, image, classes) -> {
            var body = plan.build(net, image, classes);
            return (images, training) -> {
                if (training) {
                    seen.add(images.toFloatArray());
                }
                return body.apply(images, training);
            };
        };
        var drawn = new ArrayList<float[]>();
        Start noise = (ball, images, draws) -> {
            NDArray start = Start.boundary().from(ball, images, draws);
            drawn.add(start.toFloatArray());
            return start;
        };
        int[] all = {0, 1, 2, 3, 4, 5, 6, 7};
        try (var student = Classifier.of(watched, DATA.shape(), 4, 3);
                var companion = new Companion(DATA, Noise.of(0));
                var manager = Torch.manager().newSubManager();
                NDArray clean = DATA.pixels(manager, all)) {
            Step step = new Step(student, clean, DATA.labels(manager, all), 0, Noise.of(1), companion);
            Objective objective = Tape.quiet(() -> new NoisyView(new Trades(BALL), BALL, noise).prepare(step));
            Tape.record(() -> objective.value().total());
            assertThat(drawn).hasSize(1);
            assertThat(step.clean().images()).isSameAs(clean);
            assertThat(seen)
                    .containsExactlyInAnyOrder(
                            drawn.get(0), step.adversarial().images().toFloatArray())
                    .doesNotContain(clean.toFloatArray());
        }
    }

    private static String trained(Method method) {
        return Trained.weights(method, DATA, PLAN);
    }
}
