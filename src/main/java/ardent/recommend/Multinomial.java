package ardent.recommend;

import ai.djl.ndarray.NDArray;

/** The multinomial loss of a user's row (Liang et al., WWW 2018): −Σ over the user's items of log softmax(s_u), mean over users. */
public record Multinomial() implements RecommenderLoss {
    @Override
    public Lesson begin(Interactions data) {
        return (users, scores, random) -> {
            NDArray observed = data.observed(users);
            return observed.mul(scores.logSoftmax(1)).sum(new int[] {1}).mean().neg();
        };
    }
}
