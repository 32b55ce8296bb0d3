package ardent.rank;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.RunSetup;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * PIAT, perturbation-invariant adversarial training of a ranker (Liu et al., AAAI 2024): TRADES with the list in the place of the classes.
 *
 * <p><b>A reconstruction.</b> Abstract and proof are public, the form of the regulariser is not: L = hinge(D) + λ·D(softmax f(q, D) ‖ softmax f(q, D')),
 * where D is a list of one relevant document and seven others that are candidates too, hinge the mean of max(0, 1 − f(q, d⁺) + f(q, d⁻)), and D' has words
 * exchanged, in the relevant document to push it down and in the others to raise them. The divergence is KL, or ListNet's cross-entropy.
 * Deviation: examples are made anew in each step, where the authors' code makes them before the training.
 *
 * @param form what is minimised
 * @param invariance λ, at least 0
 * @param inner the exchange of words
 */
public record Piat(Form form, @Letter("λ") float invariance, Substitution inner) {
    private static final int OTHERS = 7;

    /** What is minimised. */
    public enum Form {
        /** PIAT with KL(p ‖ p'). */
        KL("PIAT, KL"),
        /** PIAT with the cross-entropy of p and p', as ListNet has it. */
        LIST_NET("PIAT, ListNet"),
        /** A control: half the hinge of the list, half of that with exchanged words. */
        ADVERSARIAL("adversarial"),
        /** A control: the hinge of the list alone. */
        NATURAL("natural");

        private final String label;

        Form(String label) {
            this.label = label;
        }
    }

    /** Checks λ. */
    public Piat {
        Arguments.given("form, inner", form, inner);
        Arguments.weight("weight λ of the invariance", invariance);
    }

    /** KL, λ = 1, ten words. */
    public Piat() {
        this(Form.KL, 1, new Substitution());
    }

    /**
     * In another form, λ = 1, ten words.
     *
     * @param form what is minimised
     */
    public Piat(Form form) {
        this(form, 1, new Substitution());
    }

    /**
     * What tables call it.
     *
     * @return form, and λ where it is not 1
     */
    public String name() {
        boolean usual = invariance == 1 || form == Form.ADVERSARIAL || form == Form.NATURAL;
        return form.label + (usual ? "" : ", λ = " + invariance);
    }

    /** A query and a document that is relevant to it. */
    private record Pair(Rankings.Query query, int document) {}

    /** The training of a ranker on all pairs. */
    ListTraining<Knrm> training(RunSetup start, Rankings data) {
        int[][] near = form == Form.NATURAL ? new int[0][] : data.near(inner);
        List<Pair> pairs = data.training().stream()
                .filter(query -> query.with(false).length > 0)
                .flatMap(query -> Arrays.stream(query.with(true)).mapToObj(sought -> new Pair(query, sought)))
                .toList();
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("Of each query for training in " + data.origin()
                    + " all candidates are relevant, so that there is no list to train on: give queries whose words are also in"
                    + " other documents.");
        }
        long seed = start.plan().seed();
        return new ListTraining<>(start, Knrm.plan(), pairs.size(), () -> new Knrm(data, seed)) {
            @Override
            protected Supplier<NDArray> prepare(Knrm ranker, int[] batch, SplittableRandom random) {
                int list = OTHERS + 1;
                var asked = new int[batch.length][];
                var clean = new int[batch.length * list][];
                for (int b = 0; b < batch.length; b++) {
                    Pair pair = pairs.get(batch[b]);
                    int[] others = pair.query().with(false);
                    asked[b] = pair.query().words();
                    clean[b * list] = data.document(pair.document());
                    for (int r = 1; r < list; r++) {
                        clean[b * list + r] = data.document(others[random.nextInt(others.length)]);
                    }
                }
                return objective(ranker, asked, clean, near);
            }
        };
    }

    private Supplier<NDArray> objective(Knrm ranker, int[][] asked, int[][] clean, int[][] near) {
        if (form == Form.NATURAL) {
            return () -> hinge(scores(ranker, asked, clean));
        }
        int[][] changed = attacked(ranker, asked, clean, near);
        return () -> {
            NDArray before = scores(ranker, asked, clean);
            NDArray after = scores(ranker, asked, changed);
            return switch (form) {
                case KL -> hinge(before).add(Losses.kl(after, before).mean().mul(constant(invariance)));
                case LIST_NET -> hinge(before).add(listNet(after, before).mul(constant(invariance)));
                default -> hinge(before).add(hinge(after)).mul(constant(0.5));
            };
        };
    }

    private static NDArray scores(Knrm ranker, int[][] queries, int[][] documents) {
        return ranker.scores(queries, documents, ranker.embedded(documents));
    }

    /** Words exchanged along one gradient, against the first document of each list and for the others. */
    private int[][] attacked(Knrm ranker, int[][] asked, int[][] clean, int[][] near) {
        var sides = new float[clean.length];
        for (int i = 0; i < sides.length; i++) {
            sides[i] = i % (OTHERS + 1) == 0 ? -1 : 1;
        }
        float[] slopes = Tape.read(() -> {
            NDArray side = Torch.array(sides, new Shape(asked.length, OTHERS + 1));
            return Tape.gradient(
                            ranker.embedded(clean),
                            x -> ranker.scores(asked, clean, x).mul(side))
                    .toFloatArray();
        });
        float[][] table = ranker.table();
        int each = slopes.length / clean.length;
        var changed = new int[clean.length][];
        Arrays.setAll(changed, i -> inner.along(clean[i], slopes, i * each, table, near));
        return changed;
    }

    /** The mean of max(0, 1 − f⁺ + f⁻), the first column being relevant. */
    static NDArray hinge(NDArray scores) {
        NDArray gaps = scores.get(":, 1:").sub(scores.get(":, 0:1")).add(constant(1));
        return gaps.maximum(constant(0)).mean();
    }

    /** −Σ p·log p', the mean over lists. */
    static NDArray listNet(NDArray after, NDArray before) {
        return before.softmax(1)
                .mul(after.logSoftmax(1))
                .sum(new int[] {1})
                .mean()
                .neg();
    }
}
