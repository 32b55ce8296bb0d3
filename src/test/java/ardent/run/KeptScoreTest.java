package ardent.run;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.attack.Attack;
import ardent.attack.Cascade;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.attack.Warning;
import ardent.evaluate.Evidence;
import ardent.evaluate.Fakes;
import ardent.evaluate.Finding;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.EngineEnvironment;
import ardent.network.Network;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeptScoreTest {
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
