package ardent.recommend;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Bayesian personalised ranking (Rendle et al., UAI 2009): −Σ log σ(s_up − s_un) over the pairs (u, p) of the batch's users, each with
 * one item n that the user does not have, drawn anew.
 */
public record Bpr() implements RecommenderLoss {
    @Override
    public Lesson begin(Interactions data) {
        long sated = IntStream.range(0, data.users())
                .filter(u -> data.training(u).length == data.items())
                .count();
        if (sated > 0) {
            throw new IllegalArgumentException("Of the " + data.users() + " users of " + data.origin() + " " + sated
                    + " have every item in training, and BPR sets each item against one that a user does not have: leave such"
                    + " users out, or take another loss, such as Multinomial.");
        }
        return (users, scores, random) -> {
            int pairs = Arrays.stream(users).map(u -> data.training(u).length).sum();
            var positives = new long[pairs];
            var negatives = new long[pairs];
            int k = 0;
            for (int b = 0; b < users.length; b++) {
                for (int item : data.training(users[b])) {
                    positives[k] = (long) b * data.items() + item;
                    negatives[k++] = (long) b * data.items() + data.unobserved(users[b], random);
                }
            }
            return loss(scores, positives, negatives);
        };
    }

    /** The sum over pairs; entries count through the rows of the scores. */
    static NDArray loss(NDArray scores, long[] positives, long[] negatives) {
        NDArray all = scores.reshape(-1);
        NDArray chosen = all.gather(Torch.array(positives, new Shape(positives.length)), 0);
        NDArray gap = chosen.sub(all.gather(Torch.array(negatives, new Shape(negatives.length)), 0));
        NDArray soft = gap.abs().neg().exp().add(constant(1)).log();
        return gap.neg().maximum(constant(0)).add(soft).sum();
    }
}
