package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.data.Images;
import ardent.network.Network;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an attack climbs: the cross-entropy of one image at every gradient that the attack takes. */
public final class LossTrace {
    private LossTrace() {}

    /**
     * Attacks the first image of a set and watches.
     *
     * @param victim the network to fool
     * @param images the first of them is attacked
     * @param attacks at least one
     * @return losses by the attack's name as in {@link Robustness}, in the order in which the network was asked; attacks without gradients ask once a
     *     query
     * @throws IllegalArgumentException in one sentence, if the images do not fit the network, which may number their classes otherwise, or an attack
     */
    public static Map<String, double[]> of(Network victim, Images images, Attack... attacks) {
        Arguments.given("victim, images", victim, images);
        Subject.requireFit(List.of(Subject.of(victim)), images, Arguments.all("attacks", attacks));
        var traces = new LinkedHashMap<String, double[]>();
        try (var manager = Torch.manager().newSubManager()) {
            int[] first = {0};
            List<Robustness.Attacked> named = Robustness.Attacked.of(List.of(attacks), images.classCount());
            for (int i = 0; i < attacks.length; i++) {
                Attack attack = attacks[i];
                NDArray image = images.pixels(manager, first);
                NDArray label = images.labels(manager, first);
                List<Double> losses = new ArrayList<>();
                Network watched = x -> {
                    NDArray logits = Predictions.logits(victim, x);
                    note(losses, logits, label);
                    return logits;
                };
                attack.perturb(watched, image, label, Noise.of(0)).close();
                traces.put(
                        named.get(i).name(),
                        losses.stream().mapToDouble(Double::doubleValue).toArray());
            }
        }
        return traces;
    }

    private static void note(List<Double> losses, NDArray logits, NDArray label) {
        if (logits.getShape().get(0) == 1) {
            Tape.free(() -> losses.add(
                    (double) Losses.crossEntropy(logits.stopGradient(), label).getFloat()));
        }
    }
}
