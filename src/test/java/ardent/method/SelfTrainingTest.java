package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Labels by a teacher. */
class SelfTrainingTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(80, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(1).batchSize(40).rate(0.05).validation(0);

    @Test
    void itIsTheMethodOnImagesWithTheTeachersLabels() {
        try (Classifier teacher = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 5)) {
            for (Method method : List.of(new Sat(BALL), new Trades(BALL), new Rslad(teacher, BALL))) {
                assertThat(trained(new SelfTraining(teacher, method), DATA))
                        .as(method.label())
                        .isEqualTo(trained(method, relabelled(teacher)));
            }
            assertThat(trained(new SelfTraining(teacher, BALL), DATA)).isNotEqualTo(trained(new Trades(BALL), DATA));
        }
    }

    @Test
    void nothingInItLooksAtLabels() {
        try (Classifier easy = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 5);
                Classifier hard = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 6)) {
            var trajectory = new Trajectory(List.of(easy, hard), true, 3, 1);
            String sentence = "Self-training looks at no labels, and a trajectory with a version for each class does:"
                    + " take trajectory.eachClass(false).";
            assertThatThrownBy(() -> new SelfTraining(easy, new Rslad(trajectory, BALL)))
                    .hasMessage(sentence);
            assertThatThrownBy(() -> new SelfTraining(trajectory, BALL)).hasMessage(sentence);
            Network all = trajectory.eachClass(false);
            assertThat(trained(new SelfTraining(all, new Rslad(all, BALL)), DATA.unlabelled()))
                    .isNotBlank();
        }
    }

    private static Images relabelled(Classifier teacher) {
        float[] pixels;
        long[] classes;
        try (var images = DATA.pixels(Torch.manager());
                var told = Tape.scope(() -> teacher.logits(images).argMax(1))) {
            pixels = images.toFloatArray();
            classes = told.toLongArray();
        }
        return Images.of("relabelled", pixels, Images.labels(classes), DATA.shape(), DATA.classes());
    }

    private static String trained(Method method, Images images) {
        return Trained.weights(method, images, PLAN);
    }
}
