package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.tensor.Torch;
import ardent.train.Perturbation;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A perturbation of length 0 computes every objective twice and must not show: whatever a method keeps beside the student,
 * running statistics, remembered numbers, views of the step, is put back after the first time.
 */
class PerturbedMethodsTest {
    private static final Images DATA = Tiny.images(60, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(1).batchSize(20).rate(0.05).validation(0);
    private static final Classifier TEACHER = Classifier.of(new SmallCnn(6), DATA.shape(), 4, 1);

    @AfterAll
    static void close() {
        TEACHER.close();
    }

    @TestFactory
    Stream<DynamicTest> aPerturbationOfLengthZeroDoesNotShow() {
        TEACHER.freeze(true);
        var ball = new Linf(0.05f);
        return Stream.concat(
                        MethodContractTest.types().stream().map(type -> MethodContractTest.make(type, TEACHER, ball)),
                        Stream.of(new Igdm(new Sat(ball), TEACHER))) // its teacher is asked in the objective only
                .map(method -> dynamicTest(
                        method.label(),
                        () -> assertThat(trained(method, PLAN.perturbation(Perturbation.awp(0))))
                                .isEqualTo(trained(method, PLAN))));
    }

    private static String trained(Method method, Plan plan) {
        int before = Torch.threads();
        Torch.threads(1);
        try (var training = new Training(new ResNet(18, 2), method, DATA, plan)) {
            return Weights.sha256(
                    training.run(Tasks.silent()).student().layers().all());
        } finally {
            Torch.threads(before);
        }
    }
}
