package ardent.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.CwLinf;
import ardent.attack.Fgsm;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.provenance.Description;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The kit's own attacks on a network of its own pass the checks, repeat themselves, and leave nothing behind. */
class RealAttacksTest {
    private static Images noise(int count) {
        var random = new Random(3);
        byte[] pixels = new byte[count * 784];
        random.nextBytes(pixels);
        int[] labels = random.ints(count, 0, 10).toArray();
        return Images.of(
                "noise",
                pixels,
                labels,
                new Shape(1, 28, 28),
                List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    }

    @Test
    void passTheChecksAndRepeat() {
        var ball = new Linf(0.2f);
        List<Attack> attacks = List.of(new Fgsm(ball), new Pgd(ball, 3), new Pgd(new L2(1.5f), 3), new CwLinf(ball));
        try (Classifier network = Classifier.of(new SmallCnn(), new Shape(1, 28, 28), 10, 1)) {
            Robustness first =
                    Robustness.measure(List.of(Subject.of(network)), noise(40), attacks, new Protocol(16, 1));
            Robustness again =
                    Robustness.measure(List.of(Subject.of(network)), noise(40), attacks, new Protocol(16, 1));
            Outcome outcome = first.outcomes().get(0);
            assertThat(outcome.scores()).hasSize(4).allSatisfy(score -> {
                assertThat(score.findings()).isEmpty();
                assertThat(score.robustAccuracy())
                        .isLessThanOrEqualTo(outcome.clean().rate());
            });
            assertThat(outcome.scores().get(0).distances().linf()).isBetween(0.19, 0.2 + 1e-6);
            assertThat(outcome.scores().get(2).distances().l2()).isBetween(1.0, 1.5 + 1e-5);
            assertThat(again.outcomes().get(0).scores())
                    .extracting(Score::adversarial)
                    .isEqualTo(outcome.scores().stream().map(Score::adversarial).toList());
            Description description = first.attacks().get(1).description();
            assertThat(description.rebuild()).isEqualTo(attacks.get(1));
        }
    }
}
