package ardent.run;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Cascade;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Transfer;
import ardent.attack.Warning;
import ardent.evaluate.Evidence;
import ardent.evaluate.Fakes;
import ardent.evaluate.Finding;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.Classifier;
import ardent.network.EngineEnvironment;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.provenance.Node;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeptScoreTest {
    private record Told(String weights) {}

    private static Description asked(Network source) {
        Attack transfer = new Transfer(new Fgsm(new Linf(0.1f)), source);
        return KeptScore.question(Fakes.images(6), Optional.of(new Cascade(transfer)), new Protocol());
    }

    /** An untrained network, or one from elsewhere, may have been given other weights since; a trained one tells its own. */
    @Test
    void whatAnAttackHoldsCountsByItsWeights() {
        var image = new Shape(1, 8, 8);
        try (Classifier one = Classifier.of(new SmallCnn(1), image, 4, 0);
                Classifier same = Classifier.of(new SmallCnn(1), image, 4, 0);
                Classifier other = Classifier.of(new SmallCnn(1), image, 4, 1)) {
            assertThat(asked(one)).isEqualTo(asked(same));
            Network trained =
                    one.as("trained", new Told(Weights.sha256(one.layers().all())));
            String before = asked(trained).json();
            assertThat(before).as("scores that were kept before stay").doesNotContain("Hashed");

            one.layers().set(other.layers().all());
            assertThat(asked(one)).isNotEqualTo(asked(same));
            assertThat(asked(one).root().all().map(Node::text))
                    .contains("Fresh")
                    .doesNotContain("Hashed");
            assertThat(asked(trained).json())
                    .isNotEqualTo(before)
                    .contains("Hashed", Weights.sha256(other.layers().all()));
        }
    }

    /** What is kept is read by later versions: by its code, not by the words of the day. */
    @Test
    void doubtsAreKeptWithTheirCodes() {
        Network bright = new Fakes.Bright("bright", new Fakes.Plan("A", 0, ""), 0);
        Network probable = x -> bright.logits(x).softmax(1);
        Attack wild = (victim, images, labels, noise) -> images.add(1);
        Robustness robustness = Robustness.measure(
                List.of(new Subject("probable", probable)),
                Fakes.images(6),
                List.of(wild, new Cascade(new Fgsm(new Linf(0.1f)))),
                new Protocol(8, 0));
        Evidence evidence = Evidence.of(robustness, robustness.outcomes(), EngineEnvironment.now(), Instant.EPOCH);
        var clean = robustness.outcomes().get(0).clean();
        List<KeptScore> kept = KeptScore.of(evidence, List.of(clean, clean, clean));
        assertThat(kept.get(1).doubts())
                .anyMatch(doubt -> doubt.startsWith(Finding.Code.OUTSIDE_PIXELS + ": 6 images "));
        assertThat(kept.get(2).doubts().stream().map(Warning::read).flatMap(Optional::stream))
                .extracting(Warning::code)
                .contains(Warning.Code.SOFTMAX);
    }
}
