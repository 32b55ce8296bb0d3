package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.network.Classifier;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Both modes on 256 real digits and the student that {@code NotebookStudentTest} makes. */
class ModesTest {
    private static final Path STUDENT = Path.of("src/test/resources/networks/notebook-01-crdnd.safetensors");
    private static final Ball BALL = new Linf(0.2f);

    /** Minutes on two busy cores: {@code mvn test -Dtest=ModesTest -Dardent.slow=true}. */
    @Test
    @EnabledIfSystemProperty(named = "ardent.slow", matches = "true")
    void autoAttackIsTheSameWithinOnePoint() {
        assertClose(mode -> new AutoAttack(BALL).mode(mode), 0.01);
    }

    /** With a tenth of the steps, which noise an image gets shows a little more. */
    @Test
    void aShorterCascadeIsTheSameWithinTwoPoints() {
        assertClose(
                mode -> new Cascade(
                        "short",
                        List.of(
                                new Apgd(BALL, Goal.CE, 50, 1, 1, mode),
                                new ApgdT(BALL, Goal.TARGETED_DLR, 20, 3, 1, mode),
                                new FabT(BALL, 10, 2, 1, mode),
                                new Square(BALL, 1200)),
                        250,
                        mode,
                        0),
                0.02);
    }

    private static void assertClose(Function<Mode, StagedAttack> attack, double tolerance) {
        Images digits = Mnist.load().test().first(256);
        try (Classifier student = Classifier.load(STUDENT);
                NDArray images = digits.pixels(Torch.manager());
                NDArray labels = digits.labels(Torch.manager())) {
            assertThat(student.origin())
                    .as("the file says how it was made")
                    .asString()
                    .contains("Crdnd", "Trades");
            CascadeResult parity = attack.apply(Mode.PARITY).run(student, images, labels);
            CascadeResult fast = attack.apply(Mode.FAST).run(student, images, labels);
            assertThat(fast.accuracy()).as("%s%s", parity, fast).isCloseTo(parity.accuracy(), within(tolerance));
            assertThat(parity.accuracy()).isBetween(0.65, 0.80);
            int differing = 0;
            for (int i = 0; i < 256; i++) {
                differing += parity.robust()[i] == fast.robust()[i] ? 0 : 1;
            }
            assertThat(differing).as("images that differ").isLessThanOrEqualTo((int) (512 * tolerance));
        }
    }
}
