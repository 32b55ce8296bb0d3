package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Losses.kl;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * CRDND, Contrastive Relationship DeNoise Distillation (Wang et al., ICASSP 2023, arXiv 2302.08764).
 *
 * <p><b>A reconstruction.</b> Only the paper's abstract is public to us: it names an adaptive compensation module that
 * models the teacher's instability, and a contrastive relationship that mines robustness from several examples at once.
 * The formulas here are ours: α·D(x') + (1 − α)·D(x̃) + λ·R + μ·L_comp, where D is the distance from the compensated
 * teacher ({@link Compensation}), R the contrastive term ({@link Contrast}) and x̃ what the student sees of x: x itself, or x under noise where
 * the contrast asks for it. With both parts off it is {@link Rslad} of the same α to the last bit.
 *
 * @param teacher the robust teacher; a {@link Classifier} where a part needs its features
 * @param inner the inner maximisation
 * @param search what the inner maximisation climbs
 * @param compensation how the teacher's errors are made up for
 * @param contrast how examples are compared
 * @param robust weight α of the adversarial term, in [0, 1]
 * @param contrastWeight weight λ of the contrastive term, at least 0; 0 leaves it out
 * @param compensationWeight weight μ of what trains the compensation, greater than 0; since no gradient passes between
 *     the two, it acts like a learning rate of the module (Adam's steps, {@link Compensation.Transition}, hardly depend on it)
 */
public record Crdnd(
        Network teacher,
        Pgd inner,
        Search search,
        Compensation compensation,
        Contrast contrast,
        @Letter("α") float robust,
        @Letter("λ") float contrastWeight,
        @Letter("μ") float compensationWeight)
        implements Method {
    /** What the inner maximisation climbs. */
    public enum Search {
        /** KL(p_T(x) ‖ p_S(x')), as RSLAD. */
        TEACHER,
        /**
         * D(x'), the distance from the compensated teacher: the search climbs what the step lowers. Where D's target depends on
         * x' ({@link Compensation.Reliance}, {@link Compensation.Target#ADVERSARIAL}) the teacher is asked anew at every step and
         * differentiated; what the compensation learns in this step comes after the search. Where the teacher is wrong RSLAD's
         * search leads away from the wrong class, which may be towards the right one. Without compensation it is {@link #TEACHER}.
         */
        COMPENSATED,
        /** CE(S(x'), y), as SAT. */
        LABELS,
        /** KL(p_T(x') ‖ p_S(x')), the teacher asked anew at every step and differentiated, as AdaAD. */
        ADAPTIVE,
        /**
         * KL(p_S(x) ‖ p_S(x')), as TRADES: what {@link Contrast.SelfRelation} lowers. Without one it is {@link #TEACHER}, so
         * that with its parts off CRDND is RSLAD.
         */
        SELF,
        /**
         * {@link #SELF} from a uniform point of the ball, as SAT begins, whatever the start of {@code inner}. Near x the student
         * agrees with itself, so that the first gradients say little.
         */
        SELF_UNIFORM
    }

    /** Checks the weights. */
    public Crdnd {
        Arguments.given(
                "teacher, inner, search, compensation, contrast", teacher, inner, search, compensation, contrast);
        Arguments.share("weight α of the adversarial term", robust);
        Arguments.weight("weight λ of the contrast", contrastWeight);
        if (!(compensationWeight > 0) || Float.isInfinite(compensationWeight)) {
            throw new IllegalArgumentException("The weight μ of the compensation's loss is greater than 0, not "
                    + compensationWeight + "; to leave compensation out, use Compensation.none().");
        }
    }

    /**
     * A teacher softened as far as it is too sure ({@link Compensation#softened} to a third of ln K) and a self-relation
     * under noise ({@link Contrast.SelfRelation}): α = ½, λ = 2, the student sees each image at a random point of the ball's
     * boundary, and the search climbs the self-relation from anywhere in the ball, 10 steps of ε/4. They were chosen on
     * validation images where labels are few (notebook experiments/crdnd-few-labels: MNIST, ε = 0.2, and Fashion-MNIST, ε =
     * 0.1, with the teachers of {@link Teachers}); under AutoAttack on 1,000 test digits, three seeds, it has 94.0 % clean
     * and 82.0 % robust accuracy with 600 labelled digits and 50 epochs, where SAT has 93.8 and 70.5, RSLAD 94.3 and 61.4,
     * and TRADES with the same noise ({@link NoisyView}) 93.5 and 79.4. On 600 images of clothes it does not win: 76.6 and
     * 57.6, RSLAD 78.1 and 56.8; nor on 2,000 photographs of CIFAR-10 (experiments/crdnd-controls, which has the curves over
     * the weights and further methods): 44.6 and 21.2, RSLAD 46.4 and 20.4. It stays a reconstruction; the noise is ours.
     * Where the teacher is often wrong see {@link #residualRelation}.
     *
     * @param teacher the robust teacher
     * @param ball the threat model
     */
    public Crdnd(Network teacher, Ball ball) {
        this(
                teacher,
                new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()),
                Search.SELF_UNIFORM,
                Compensation.softened(1 / 3.0),
                Contrast.selfRelation(Start.boundary()),
                0.5f,
                2,
                1);
    }

    /**
     * As above at L∞ 8/255.
     *
     * @param teacher the robust teacher
     */
    public Crdnd(Network teacher) {
        this(teacher, new Linf());
    }

    /**
     * Residual compensation and relation contrast, α = 1, λ = 0.1, μ = 1, RSLAD's search: the default of version 0.1, and
     * the form that experiments/crdnd-fashion-mnist and crdnd-cifar-10 measure where a student has 10,000 labelled images.
     * There, over three seeds, it was at least as robust under AutoAttack as RSLAD and more accurate on clean images; with
     * 2,000 photographs of CIFAR-10 (experiments/crdnd-controls) it has 50.0 % clean and 21.5 % robust accuracy, RSLAD 46.4
     * and 20.4: the teacher, 62 % right, errs often, and the compensation learns where. With 10,000 images RSLAD's own α =
     * 5/6 is less robust on both; λ = 1 costs robust accuracy on Fashion-MNIST.
     *
     * @param teacher the robust teacher, a {@link Classifier}
     * @param ball the threat model
     * @return the method
     */
    public static Crdnd residualRelation(Network teacher, Ball ball) {
        return new Crdnd(teacher, ball)
                .search(Search.TEACHER)
                .compensation(Compensation.residual())
                .contrast(Contrast.relation(), 0.1f)
                .robust(1);
    }

    @Override
    public Objective prepare(Step step) {
        Pgd from = search == Search.SELF_UNIFORM && relatesSelf() ? inner.start(Start.uniform()) : inner;
        NDArray adversarial = from.ascend(step.images(), step.noise(), climb(step));
        Targets target = compensation.of(step, teacher, adversarial);
        Supplier<NDArray> lesson = target.lesson();
        NDArray reference = contrasts() ? reference(step) : null;
        Step seeing = contrasts() ? contrast.view(step, inner.ball()) : step;
        return () -> {
            Outputs attacked = seeing.outputs(adversarial);
            Outputs clean = seeing.outputs(step.images());
            Terms loss = Terms.of(
                            "adversarial",
                            target.adversarial().apply(attacked.logits()).mean().mul(constant(robust)))
                    .and("clean", target.clean().apply(clean.logits()).mean().mul(constant(1 - robust)));
            if (reference != null) {
                NDArray relation = contrast.of(step, attacked.features(), clean.features(), reference);
                loss = loss.and("contrast", relation.mul(constant(contrastWeight)));
            }
            return lesson == null ? loss : loss.and("compensation", lesson.get().mul(constant(compensationWeight)));
        };
    }

    private boolean contrasts() {
        return contrastWeight > 0 && !(contrast instanceof Contrast.None);
    }

    private boolean relatesSelf() {
        return contrasts() && contrast.relatesSelf();
    }

    private NDArray reference(Step step) {
        return contrast.readsTeacher()
                ? step.outputs(features(teacher), step.images()).features()
                : step.ask(teacher, step.images());
    }

    private UnaryOperator<NDArray> climb(Step step) {
        Network student = step.student();
        return switch (search) {
            case TEACHER, SELF, SELF_UNIFORM -> {
                boolean self = search != Search.TEACHER && relatesSelf();
                NDArray target = self ? student.logits(step.images()) : step.ask(teacher, step.images());
                yield x -> kl(student.logits(x), target);
            }
            case COMPENSATED -> {
                compensation.of(step, teacher, step.images()); // what is asked or made once stays: before the search
                yield x -> compensation.of(step, teacher, x).adversarial().apply(student.logits(x));
            }
            case LABELS -> x -> crossEntropy(student.logits(x), step.labels());
            case ADAPTIVE -> AdaAd.climb(step, teacher);
        };
    }

    /** The teacher as something that tells its features. */
    static Network features(Network teacher) {
        if (teacher instanceof Classifier || teacher instanceof Trajectory) {
            return teacher;
        }
        throw new IllegalArgumentException("This form of CRDND reads the teacher's features, which a bare network does"
                + " not tell; give a Classifier, or choose Contrast.none() and Compensation from logits.");
    }

    /**
     * With another compensation.
     *
     * @param compensation the compensation
     * @return a changed copy
     */
    public Crdnd compensation(Compensation compensation) {
        return new Crdnd(teacher, inner, search, compensation, contrast, robust, contrastWeight, compensationWeight);
    }

    /**
     * With another compensation and the weight μ of what trains it.
     *
     * @param compensation the compensation
     * @param weight greater than 0
     * @return a changed copy
     */
    public Crdnd compensation(Compensation compensation, float weight) {
        return new Crdnd(teacher, inner, search, compensation, contrast, robust, contrastWeight, weight);
    }

    /**
     * With another contrast.
     *
     * @param contrast the contrast
     * @return a changed copy
     */
    public Crdnd contrast(Contrast contrast) {
        return new Crdnd(teacher, inner, search, compensation, contrast, robust, contrastWeight, compensationWeight);
    }

    /**
     * With another contrast and its weight λ.
     *
     * @param contrast the contrast
     * @param weight at least 0; 0 leaves the contrast out
     * @return a changed copy
     */
    public Crdnd contrast(Contrast contrast, float weight) {
        return contrast(contrast).contrast(weight);
    }

    /**
     * With another weight λ of the contrast.
     *
     * @param weight at least 0; 0 leaves the contrast out
     * @return a changed copy
     */
    public Crdnd contrast(float weight) {
        return new Crdnd(teacher, inner, search, compensation, contrast, robust, weight, compensationWeight);
    }

    /**
     * With another inner maximisation.
     *
     * @param search what it climbs
     * @return a changed copy
     */
    public Crdnd search(Search search) {
        return new Crdnd(teacher, inner, search, compensation, contrast, robust, contrastWeight, compensationWeight);
    }

    /**
     * With another weight α of the adversarial term.
     *
     * @param robust in [0, 1]
     * @return a changed copy
     */
    public Crdnd robust(float robust) {
        return new Crdnd(teacher, inner, search, compensation, contrast, robust, contrastWeight, compensationWeight);
    }

    @Override
    public String label() {
        return "CRDND";
    }
}
