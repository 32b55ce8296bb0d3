package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Losses.kl;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.network.Precision;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;

/**
 * CKL, common knowledge learning (Yang et al., arXiv 2307.00274, 2023): a substitute for attacks on a black box, taught
 * by several networks of unlike architectures. It is judged by {@link ardent.attack.Transfer}: images crafted on the
 * substitute, predicted by a network that took no part.
 *
 * <p><b>A reconstruction.</b> Only the paper's abstract is public to us: knowledge of several teacher architectures is
 * distilled into one student, whose input gradients are constrained to the teachers'. The formula and λ are ours. Inner:
 * none; the images are clean, and each teacher tells its logits and its input gradient g_t = ∇_x CE(T_t(x), y) once.
 * Outer: Σ_t KL(p_t(x) ‖ p_S(x)) + λ·Σ_t mean(1 − cos(g_S, g̃_t)), where g_S = ∇_x CE(S(x), y) is differentiated in its
 * turn, exactly and not by differences as in {@link Igdm}. The cosine leaves lengths free, as attacks by the sign of the
 * gradient do. Where two teachers' gradients point against each other, g̃_t is g_t less its part along the other one (Yu
 * et al., NeurIPS 2020, on gradients of weights), in the order of the teachers. g_S is that of the student in training
 * mode, so that one forward pass serves both terms.
 *
 * @param teachers at least one, as a rule of unlike architectures
 * @param gradients weight λ of the gradients, at least 0; 0 leaves them out
 * @param reconcile whether conflicts between teachers' gradients are taken out
 */
public record Ckl(List<Network> teachers, @Letter("λ") float gradients, boolean reconcile) implements Method {
    /** Checks λ and that there is a teacher. */
    public Ckl {
        teachers = Arguments.all("teachers", teachers);
        if (teachers.isEmpty()) {
            throw new IllegalArgumentException(
                    "CKL needs at least one teacher; give it several of unlike architectures.");
        }
        Arguments.weight("weight λ of the gradients", gradients);
    }

    /**
     * λ = 1, conflicts taken out.
     *
     * @param teachers at least one
     */
    public Ckl(List<Network> teachers) {
        this(teachers, 1, true);
    }

    /**
     * Two teachers, λ = 1, conflicts taken out.
     *
     * @param first a teacher
     * @param second one of another architecture
     */
    public Ckl(Network first, Network second) {
        this(List.of(Arguments.given("first", first), Arguments.given("second", second)));
    }

    @Override
    public Objective prepare(Step step) {
        NDArray images = step.images();
        if (gradients == 0) {
            List<NDArray> soft =
                    teachers.stream().map(teacher -> step.ask(teacher, images)).toList();
            return () -> imitate(step.learn(images), soft);
        }
        var soft = new ArrayList<NDArray>();
        var slopes = new ArrayList<NDArray>();
        for (Network teacher : teachers) {
            // Both are targets, not a search.
            NDList told = Precision.FLOAT32.during(() ->
                    Tape.differentiate(images, x -> tell(step.follow(teacher, x), step.labels())));
            slopes.add(rows(told.get(0)));
            soft.add(told.get(2));
        }
        List<NDArray> aims = reconcile ? reconciled(slopes) : slopes;
        return () -> {
            NDList own = Tape.slope(step.seen(), x -> {
                Outputs outputs = step.student().learn(x);
                step.views().add(new Step.View(images, outputs));
                return tell(outputs.logits(), step.labels());
            });
            return imitate(own.get(2), soft)
                    .and("gradients", disagreement(rows(own.get(0)), aims).mul(constant(gradients)));
        };
    }

    private static NDList tell(NDArray logits, NDArray labels) {
        return new NDList(crossEntropy(logits, labels), logits);
    }

    private static Terms imitate(NDArray logits, List<NDArray> soft) {
        NDArray sum = soft.stream()
                .map(s -> kl(logits, s).mean())
                .reduce(NDArray::add)
                .orElseThrow();
        return Terms.of("imitation", sum);
    }

    /** Gradients as rows of length 1. */
    private static NDArray rows(NDArray gradients) {
        return Contrast.unit(gradients.reshape(gradients.getShape().get(0), -1));
    }

    /** Σ_t mean(1 − cos): rows of length 1. */
    static NDArray disagreement(NDArray own, List<NDArray> aims) {
        return aims.stream()
                .map(aim -> constant(1).sub(cosine(own, aim)).mean())
                .reduce(NDArray::add)
                .orElseThrow();
    }

    /** Each row of each teacher less its part along other teachers' rows that it points against; of length 1 again. */
    static List<NDArray> reconciled(List<NDArray> slopes) {
        var free = new ArrayList<NDArray>();
        for (NDArray slope : slopes) {
            NDArray left = slope;
            for (NDArray other : slopes) {
                NDArray conflict = cosine(left, other).minimum(constant(0));
                left = left.sub(other.mul(conflict.expandDims(1)));
            }
            free.add(Contrast.unit(left));
        }
        return free;
    }

    private static NDArray cosine(NDArray a, NDArray b) {
        return a.mul(b).sum(new int[] {1});
    }

    @Override
    public String label() {
        return "CKL";
    }
}
