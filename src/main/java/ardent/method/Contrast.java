package ardent.method;

import static ardent.tensor.Losses.kl;
import static ardent.tensor.Losses.klOfProbabilities;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ardent.attack.Ball;
import ardent.attack.Start;
import ardent.network.Layers;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import org.jspecify.annotations.Nullable;

/**
 * How CRDND compares examples with one another: the abstract's "contrastive relationship".
 *
 * <p>Rows are u = the student's features of the adversarial images, w = its features of the clean ones (under noise, where there is
 * some), both through a linear companion projection, and v = the teacher's features of the clean images, in {@link Instance} and
 * {@link Supervised} through a projection of their own; all of length 1. {@link SelfRelation} compares answers instead. The
 * paper's own form is not public. These are reconstructions of one idea, to be compared; {@link None} is the control.
 */
@FunctionalInterface
public interface Contrast {
    /** Width that projections share. */
    int WIDTH = 128;

    /** A difference of cosines never reaches it: stands for −∞ where a row must not count. */
    double HIDDEN = -1e9;

    /**
     * The contrastive term of one batch.
     *
     * @param step the step
     * @param adversarial the student's features of the adversarial images, {@code [N, F]}
     * @param clean its features of the clean images, or of these under noise, {@code [N, F]}
     * @param teacher the teacher's features of the clean images, {@code [N, G]}; its logits where {@link #readsTeacher} says no
     * @return a scalar, unweighted
     */
    NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher);

    /**
     * Whether it looks at the teacher's features, so that the teacher must tell them.
     *
     * @return false if {@code teacher} is not read
     */
    default boolean readsTeacher() {
        return true;
    }

    /**
     * Whether it compares the student's answers about an image and its attacked self, which is then what {@link
     * Crdnd.Search#SELF} climbs.
     *
     * @return true if a {@link SelfRelation} is in it
     */
    default boolean relatesSelf() {
        return false;
    }

    /**
     * The step in which the student learns: a contrast may put noise before it. The noise is a part of the contrast and goes when the
     * contrast is taken out; CRDND's clean term then has the clean images again.
     *
     * @param step the step
     * @param ball the threat model
     * @return as a rule the step itself, see {@link Step#seeing}
     */
    default Step view(Step step, Ball ball) {
        return step;
    }

    /**
     * This contrast and another one beside it.
     *
     * @param other the other
     * @param weight of the other, at least 0
     * @return this + weight·other
     */
    default Contrast and(Contrast other, double weight) {
        return new Both(this, other, (float) weight);
    }

    /** No contrast. */
    record None() implements Contrast {
        @Override
        public NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher) {
            throw new IllegalStateException("A method without contrast has no such term.");
        }
    }

    /**
     * Each adversarial view finds its own image among the batch: ½·[NCE(u→v) + NCE(u→w)]. Other images of the same class
     * are left out of the comparison, since they would be false negatives.
     *
     * @param temperature t of the cosines, greater than 0
     */
    record Instance(@Letter("t") float temperature) implements Contrast {
        /** Checks the temperature. */
        public Instance {
            Arguments.positive("temperature t", temperature);
        }

        @Override
        public NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher) {
            NDArray u = project(step, "student", adversarial);
            NDArray w = project(step, "student", clean);
            NDArray v = project(step, "teacher", teacher);
            NDArray labels = classes(step);
            return nce(u, v, labels, temperature)
                    .add(nce(u, w, labels, temperature))
                    .mul(constant(0.5));
        }
    }

    /**
     * The student's adversarial view relates to the batch as the teacher's clean view does: mean KL(r_T ‖ r_S) of the
     * rows r_T = softmax over j ≠ i of v_i·v_j/t and r_S = softmax over j ≠ i of u_i·w_j/t.
     *
     * @param temperature t of the cosines, greater than 0
     */
    record Relation(@Letter("t") float temperature) implements Contrast {
        /** Checks the temperature. */
        public Relation {
            Arguments.positive("temperature t", temperature);
        }

        @Override
        public NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher) {
            NDArray v = unit(teacher);
            return relation(project(step, "student", adversarial), project(step, "student", clean), v, temperature);
        }
    }

    /**
     * Supervised contrast (Khosla et al., NeurIPS 2020) over the student's two views with the teacher's as anchors: each
     * v_i is drawn to all u_j and w_j of its class.
     *
     * @param temperature t of the cosines, greater than 0
     */
    record Supervised(@Letter("t") float temperature) implements Contrast {
        /** Checks the temperature. */
        public Supervised {
            Arguments.positive("temperature t", temperature);
        }

        @Override
        public NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher) {
            NDArray views = project(step, "student", adversarial).concat(project(step, "student", clean), 0);
            return supervised(project(step, "teacher", teacher), views, classes(step), temperature);
        }
    }

    /**
     * Each image relates to its own attacked self: KL(p_S(x) ‖ p_S(x')) between the student's answers, the second term of
     * {@link Trades}, with no teacher in it. The clean answer carries a gradient too. {@link Crdnd.Search#SELF} climbs it.
     *
     * <p>With noise the student never learns from x, but from a random point x̃ of the ball in its place, about which it learns the teacher's
     * answer for x: it has to see through noise, and the term is KL(p_S(x̃) ‖ p_S(x')). The search keeps x. Without noise the student may
     * learn answers at x and at the ends of its searches that hold nowhere between, and attacks without gradients find these places.
     *
     * @param noise where the student sees x; {@link Start#clean} for x itself
     */
    record SelfRelation(Start noise) implements Contrast {
        /** Nothing is null. */
        public SelfRelation {
            Arguments.given("noise", noise);
        }

        @Override
        public NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher) {
            return kl(
                            step.adversarial().outputs().logits(),
                            step.clean().outputs().logits())
                    .mean();
        }

        @Override
        public boolean readsTeacher() {
            return false;
        }

        @Override
        public boolean relatesSelf() {
            return true;
        }

        @Override
        public Step view(Step step, Ball ball) {
            return step.seeing(ball, noise);
        }
    }

    /**
     * Two contrasts side by side: first + w·second. Where both have noise the first one's counts.
     *
     * @param first the first
     * @param second the second
     * @param weight w of the second, at least 0
     */
    record Both(
            Contrast first, Contrast second, @Letter("w") float weight) implements Contrast {
        /** Checks the weight, and that both are there. */
        public Both {
            Arguments.given("first, second", first, second);
            Arguments.weight("weight w of the second contrast", weight);
            if (first instanceof None || second instanceof None) {
                throw new IllegalArgumentException(
                        "Contrast.none() stands for no contrast at all and has no other beside it: give the other alone.");
            }
        }

        @Override
        public NDArray of(Step step, NDArray adversarial, NDArray clean, NDArray teacher) {
            return first.of(step, adversarial, clean, teacher)
                    .add(second.of(step, adversarial, clean, teacher).mul(constant(weight)));
        }

        @Override
        public boolean readsTeacher() {
            return first.readsTeacher() || second.readsTeacher();
        }

        @Override
        public boolean relatesSelf() {
            return first.relatesSelf() || second.relatesSelf();
        }

        @Override
        public Step view(Step step, Ball ball) {
            return first.view(weight == 0 ? step : second.view(step, ball), ball);
        }
    }

    /**
     * InfoNCE: −mean log(exp(a_i·b_i/t) / Σ_j exp(a_i·b_j/t)).
     *
     * @param a anchors, {@code [N, D]} of length 1
     * @param b candidates, {@code [N, D]} of length 1
     * @param labels where given, j ≠ i of the same class are left out of the sum
     * @param temperature t
     * @return a scalar
     */
    static NDArray nce(NDArray a, NDArray b, @Nullable NDArray labels, float temperature) {
        NDArray scores = a.matMul(b.transpose()).div(constant(temperature));
        NDArray own = diagonal(a);
        if (labels != null) {
            scores = scores.add(sameClass(labels).sub(own).mul(constant(HIDDEN)));
        }
        return scores.logSoftmax(1)
                .mul(own)
                .sum()
                .div(constant((double) a.getShape().get(0)))
                .neg();
    }

    /**
     * Mean KL of relations to the others of the batch.
     *
     * @param u the student's adversarial rows, {@code [N, D]} of length 1
     * @param w its clean rows, {@code [N, D]} of length 1
     * @param v the teacher's rows, {@code [N, E]} of length 1, constant
     * @param temperature t
     * @return a scalar, 0 for a batch of one
     */
    static NDArray relation(NDArray u, NDArray w, NDArray v, float temperature) {
        NDArray alone = diagonal(u).mul(constant(HIDDEN));
        NDArray student = u.matMul(w.transpose()).div(constant(temperature)).add(alone);
        NDArray teacher = v.matMul(v.transpose()).div(constant(temperature)).add(alone);
        // The diagonal's logarithm is near -1e9 and its probability 0: replaced by 0 before they meet.
        NDArray others = constant(1).sub(diagonal(u));
        return klOfProbabilities(
                        student.logSoftmax(1).mul(others), teacher.softmax(1).mul(others))
                .mean();
    }

    /**
     * Supervised contrast with anchors of their own.
     *
     * @param anchors {@code [N, D]} of length 1
     * @param views {@code [2N, D]} of length 1, two for each anchor's image in the same order
     * @param labels {@code [N]} int64
     * @param temperature t
     * @return a scalar
     */
    static NDArray supervised(NDArray anchors, NDArray views, NDArray labels, float temperature) {
        NDArray log =
                anchors.matMul(views.transpose()).div(constant(temperature)).logSoftmax(1);
        NDArray same = sameClass(labels);
        NDArray positive = same.concat(same, 1);
        return log.mul(positive)
                .sum(new int[] {1})
                .div(positive.sum(new int[] {1}))
                .mean()
                .neg();
    }

    private static NDArray project(Step step, String side, NDArray features) {
        Layers.Layer projection = step.companion().layers("projection of the " + side, net -> {
            int in = (int) features.getShape().get(1);
            return net.linear("projection", in, WIDTH);
        });
        return unit(projection.apply(features, true));
    }

    /** Rows of length 1, their lengths floored at 1e-12. */
    static NDArray unit(NDArray rows) {
        NDArray square = rows.mul(rows).sum(new int[] {1}, true);
        return rows.div(square.maximum(constant(1e-24)).sqrt());
    }

    private static NDArray diagonal(NDArray rows) {
        return rows.getManager().eye((int) rows.getShape().get(0));
    }

    /** The labels; an image without one has a class of its own. */
    private static NDArray classes(Step step) {
        NDArray images = step.images();
        int count = (int) images.getShape().get(0);
        return step.labels(() -> images.getManager().arange(-count, 0, 1, DataType.INT64));
    }

    private static NDArray sameClass(NDArray labels) {
        return labels.expandDims(1).eq(labels.expandDims(0)).toType(DataType.FLOAT32, false);
    }

    /**
     * No contrast.
     *
     * @return the control
     */
    static Contrast none() {
        return new None();
    }

    /**
     * Each view finds its own image, t = 0.1.
     *
     * @return the contrast
     */
    static Contrast instance() {
        return new Instance(0.1f);
    }

    /**
     * Relations to the rest of the batch as the teacher sees them, t = 0.1.
     *
     * @return the contrast
     */
    static Contrast relation() {
        return new Relation(0.1f);
    }

    /**
     * Views of one class together, t = 0.1.
     *
     * @return the contrast
     */
    static Contrast supervised() {
        return new Supervised(0.1f);
    }

    /**
     * Each image related to its own attacked self.
     *
     * @return the contrast
     */
    static Contrast selfRelation() {
        return selfRelation(Start.clean());
    }

    /**
     * Each image, seen under noise, related to its own attacked self.
     *
     * @param noise where in the ball the student sees the image
     * @return the contrast
     */
    static Contrast selfRelation(Start noise) {
        return new SelfRelation(noise);
    }
}
