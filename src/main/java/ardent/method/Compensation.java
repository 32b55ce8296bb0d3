package ardent.method;

import static ardent.tensor.Losses.at;
import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Losses.kl;
import static ardent.tensor.Losses.klOfProbabilities;
import static ardent.tensor.Losses.oneHot;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * How CRDND makes up for a teacher that is not always right: the abstract's "adaptive compensation module".
 *
 * <p>The paper's own form is not public. These are reconstructions of one idea, to be compared; {@link None} is the
 * control. Forms that use labels do so for the images that have one; of the others they take the teacher as it is.
 */
@FunctionalInterface
public interface Compensation {
    /** From which of the teacher's predictions the adversarial term's target comes. */
    enum Target {
        /** What the teacher says of the clean image, as in RSLAD. */
        CLEAN,
        /** What it says of the adversarial image, where it is least stable. */
        ADVERSARIAL
    }

    /** What the learned module sees of the teacher. */
    enum Input {
        /** Its logits. */
        LOGITS,
        /** Its penultimate features, a richer input; the teacher must be a {@link Classifier}. */
        FEATURES
    }

    /**
     * The compensated teacher of one step; called in {@link Method#prepare}, where nothing is differentiated, and with {@link
     * Crdnd.Search#COMPENSATED} also at every step of the search, with the images sought in the place of x'.
     *
     * @param step the step; {@link Step#ask} has the teacher's predictions, of x' that is sought differentiable in it, and
     *     {@link Step#companion} layers that learn
     * @param teacher the teacher
     * @param adversarial the adversarial images x'
     * @return distances of a student's logits from the compensated teacher, and what trains the compensation
     */
    Targets of(Step step, Network teacher, NDArray adversarial);

    /** No compensation: D(v) = KL(p_T(x) ‖ p_S(v)), as RSLAD. */
    record None() implements Compensation {
        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            NDArray soft = step.ask(teacher, step.images());
            return new Targets(logits -> kl(logits, soft));
        }
    }

    /**
     * A learned correction of the teacher's logits, z̃ = z_T + c(input), that learns where this teacher errs:
     * CE(z̃, y) + ν·KL(p_T ‖ p̃). It is two linear layers with 4·K values between them, but 400 from 100 classes on, begins at 0
     * (so that training begins as RSLAD's) and passes no gradient to or from the student.
     *
     * @param input what it sees of the teacher
     * @param target where the adversarial term's target comes from
     * @param keep weight ν of staying near the teacher, at least 0
     */
    record Residual(Input input, Target target, @Letter("ν") float keep) implements Compensation {
        private static final int WIDEN = 4;
        private static final int WIDEST = 400;

        /** Checks ν. */
        public Residual {
            Arguments.given("input, target", input, target);
            Arguments.weight("weight ν of staying near the teacher", keep);
        }

        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            return corrected(step, teacher, adversarial).targets();
        }

        /** The corrected logits. */
        private TargetLogits corrected(Step step, Network teacher, NDArray adversarial) {
            Outputs calm = answer(step, teacher, step.images());
            Outputs shaken = target == Target.CLEAN ? calm : answer(step, teacher, adversarial);
            Layers.Layer module = step.companion().layers("compensation", net -> build(net, calm));
            NDArray cleanTarget = correct(module, calm);
            NDArray attackedTarget = target == Target.CLEAN ? cleanTarget : correct(module, shaken);
            return new TargetLogits(attackedTarget, cleanTarget, () -> {
                NDArray loss = lesson(module, calm, step);
                return target == Target.CLEAN
                        ? loss
                        : loss.add(lesson(module, shaken, step)).mul(constant(0.5));
            });
        }

        private Outputs answer(Step step, Network teacher, NDArray images) {
            if (input == Input.FEATURES) {
                return step.outputs(Crdnd.features(teacher), images);
            }
            NDArray logits = step.ask(teacher, images);
            return new Outputs(logits, logits);
        }

        private NDArray correct(Layers.Layer module, Outputs answer) {
            return answer.logits().add(module.apply(answer.features(), true));
        }

        private NDArray lesson(Layers.Layer module, Outputs answer, Step step) {
            NDArray corrected = correct(module, answer);
            NDArray labels = step.labels(() -> answer.logits().argMax(1));
            NDArray right = step.labelledMean(crossEntropy(corrected, labels));
            return right.add(kl(corrected, answer.logits()).mean().mul(constant(keep)));
        }

        private static Layers.Layer build(Layers net, Outputs answer) {
            int in = (int) answer.features().getShape().get(1);
            int classes = (int) answer.logits().getShape().get(1);
            int hidden = Math.min(WIDEN * classes, WIDEST);
            Layers.Layer first = net.linear("first", in, hidden);
            NDArray weight = net.parameter("last.weight", Torch.manager().zeros(new Shape(classes, hidden)));
            NDArray bias = net.parameter("last.bias", Torch.manager().zeros(new Shape(classes)));
            return Layers.chain(
                    first,
                    Layers.relu(),
                    (x, training) -> Linear.linear(x, weight, bias).head());
        }
    }

    /**
     * A learned table of the teacher's confusions, after DFND (Chen et al., CVPR 2021): D(v) = KL(p_T ‖ p_S(v)·M) with
     * M = softmax by rows of D₀ + A. The student's own posterior stays clean and M takes up the confusions. M and p_S
     * could drift together, so M learns from labels alone, −log M[y, argmax p_T], by Adam, and passes no gradient to or
     * from the student. D₀ makes the diagonal begin at the teacher's accuracy on the training images.
     *
     * @param rate Adam's rate
     */
    record Transition(float rate) implements Compensation {
        private static final int MEASURED = 1000;

        /** Checks the rate. */
        public Transition {
            Arguments.positive("rate of Adam", rate);
        }

        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            NDArray soft = step.ask(teacher, step.images());
            NDArray probabilities = soft.softmax(1);
            NDArray predicted = soft.argMax(1);
            NDArray scores = step.companion().layers("compensation", net -> build(net, step, teacher));
            NDArray table = scores.logSoftmax(1).exp();
            UnaryOperator<NDArray> distance = logits -> mixed(logits, table, probabilities);
            return new Targets(
                    distance,
                    distance,
                    () -> step.labelledMean(at(
                                    scores.logSoftmax(1).get(new NDIndex("{}", step.labels(() -> predicted))),
                                    predicted))
                            .neg());
        }

        /** KL(p ‖ softmax(logits)·table) for each row. */
        static NDArray mixed(NDArray logits, NDArray table, NDArray probabilities) {
            return klOfProbabilities(
                    logits.softmax(1).matMul(table).maximum(constant(1e-37)).log(), probabilities);
        }

        private NDArray build(Layers net, Step step, Network teacher) {
            net.adam(rate);
            int classes = step.companion().data().classCount();
            double right = Math.min(0.999, Math.max(accuracy(step, teacher), 1.01 / classes));
            double bias = Math.log(right * (classes - 1) / (1 - right));
            NDArray begin = Torch.manager().eye(classes).mul(constant(bias));
            return net.parameter("scores", begin);
        }

        private static double accuracy(Step step, Network teacher) {
            var known = step.companion().data().labelledOnly();
            var sample = known.take(Math.min(MEASURED, known.size()));
            int[] indices = IntStream.range(0, sample.size()).toArray();
            try (NDArray right = Tape.scope(() -> {
                NDArray images = sample.pixels(Torch.manager(), indices);
                NDArray labels = sample.labels(Torch.manager(), indices);
                // a teacher may answer by the labels
                var asked = new Step(step.student(), images, labels, step.progress(), step.noise(), step.companion());
                return asked.follow(teacher, images)
                        .argMax(1)
                        .eq(labels)
                        .toType(DataType.FLOAT32, false)
                        .mean();
            })) {
                return right.getFloat();
            }
        }
    }

    /**
     * Correction by label, with nothing to learn: p̃ = (1 − c)·p_T + c·e_y, with the smallest c that makes the label the
     * top class by a margin, and c = 0 where the teacher is right. The control condition: does learning a compensation
     * beat this?
     *
     * @param margin by how much the label's probability exceeds the next one, in (0, 1)
     */
    record Correction(float margin) implements Compensation {
        /** Checks the margin. */
        public Correction {
            if (!(margin > 0 && margin < 1)) {
                throw new IllegalArgumentException(
                        "The margin of a correction lies between 0 and 1, not " + margin + ".");
            }
        }

        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            NDArray told = step.ask(teacher, step.images());
            NDArray corrected = correct(told.softmax(1), step.labels(() -> told.argMax(1)), margin);
            return new Targets(logits -> klOfProbabilities(logits.logSoftmax(1), corrected));
        }

        static NDArray correct(NDArray probabilities, NDArray labels, float margin) {
            NDArray lead = Losses.margin(probabilities, labels).expandDims(1);
            NDArray wrong = lead.lte(constant(0)).toType(DataType.FLOAT32, false);
            NDArray gap = constant(1).sub(lead).maximum(constant(1)); // at least 1 wherever the teacher is wrong
            NDArray share = constant(margin).sub(lead).div(gap).mul(wrong);
            NDArray truth = oneHot(labels, probabilities.getShape().get(1));
            return probabilities.mul(constant(1).sub(share)).add(truth.mul(share));
        }
    }

    /**
     * Reliance on the teacher as far as it is stable, with nothing to learn: p̃ = r·p_T(x) + (1 − r)·e_y. For the
     * adversarial term r = p_T(y | x')^β, what the teacher still believes of the label where the student is attacked; for
     * the clean one r = p_T(y | x)^β. A teacher that loses the label loses its say; what it knows beside the label stays as
     * far as it keeps it.
     *
     * @param power exponent β, at least 0; 0 relies on the teacher always, as {@link None}
     */
    record Reliance(@Letter("β") float power) implements Compensation {
        /** Checks β. */
        public Reliance {
            Arguments.weight("exponent β of a reliance", power);
        }

        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            NDArray told = step.ask(teacher, step.images());
            NDArray calm = told.softmax(1);
            // The floor keeps the slope of the power finite where the teacher has lost the label.
            NDArray shaken = step.ask(teacher, adversarial).softmax(1).maximum(constant(1e-30));
            NDArray labels = step.labels(() -> told.argMax(1));
            NDArray attackedTarget = step.whereLabelled(mixed(calm, shaken, labels, power), calm);
            NDArray cleanTarget = step.whereLabelled(mixed(calm, calm, labels, power), calm);
            return new Targets(
                    logits -> klOfProbabilities(logits.logSoftmax(1), attackedTarget),
                    logits -> klOfProbabilities(logits.logSoftmax(1), cleanTarget),
                    null);
        }

        /** The teacher's probabilities, mixed with the label as far as those in {@code witness} have lost it. */
        static NDArray mixed(NDArray probabilities, NDArray witness, NDArray labels, float power) {
            NDArray reliance = at(witness, labels).expandDims(1).pow(constant(power));
            NDArray truth = oneHot(labels, probabilities.getShape().get(1));
            return probabilities.mul(reliance).add(truth.mul(constant(1).sub(reliance)));
        }
    }

    /**
     * A softer teacher, the softer the less stable it is, with nothing to learn: D(v) = KL(softmax(z/τ_i) ‖ p_S(v)) with τ_i = τ + κ·s_i,
     * where s_i = ½·Σ_k |p_T(k | x_i) − p_T(k | x'_i)|, in [0, 1], is the share of its belief that the teacher changes under the
     * student's attack. z are the teacher's logits, or those that {@link Residual} has corrected, which learns at temperature 1. With
     * τ = 1 and κ = 0 it is the compensation underneath, to the last bit. The student's own predictions have temperature 1, so that
     * it learns to be as unsure as its softened teacher.
     *
     * @param corrected what is softened: {@link None} for the teacher itself, or a {@link Residual}
     * @param temperature τ, greater than 0
     * @param instability κ, at least 0; at 0 the temperature is fixed, and the teacher is not asked about x'
     */
    record Tempered(
            Compensation corrected,
            @Letter("τ") float temperature,
            @Letter("κ") float instability) implements Compensation {
        /** Checks the numbers and that logits are there to be softened. */
        public Tempered {
            Arguments.given("corrected", corrected);
            Arguments.positive("temperature τ", temperature);
            Arguments.weight("weight κ of the teacher's instability", instability);
            if (!(corrected instanceof None || corrected instanceof Residual)) {
                throw new IllegalArgumentException(
                        "A temperature softens logits: those of the teacher, Compensation.none(),"
                                + " or those that Compensation.residual() corrects, not "
                                + corrected.getClass().getSimpleName() + ".");
            }
        }

        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            NDArray calm = step.ask(teacher, step.images());
            TargetLogits logits = corrected instanceof Residual residual
                    ? residual.corrected(step, teacher, adversarial)
                    : new TargetLogits(calm, calm, null);
            NDArray tau = constant(temperature);
            if (instability > 0) {
                NDArray moved =
                        moved(calm.softmax(1), step.ask(teacher, adversarial).softmax(1));
                tau = moved.mul(constant(instability)).add(tau).expandDims(1);
            }
            return logits.over(tau).targets();
        }

        /** Half the sum of absolute differences of each row, {@code [N]}. */
        static NDArray moved(NDArray calm, NDArray shaken) {
            return calm.sub(shaken).abs().sum(new int[] {1}).mul(constant(0.5));
        }
    }

    /**
     * A teacher that is made as unsure as students need it, and left as it is where it is so by itself: D(v) = KL(softmax(z/τ) ‖
     * p_S(v)) with the least τ from 1 to 64 at which the mean entropy of the batch, (1/N)·Σ_i Σ_k −q_ik·ln q_ik with q = softmax(z/τ), is at
     * least η·ln K, a share of the entropy of a teacher that knows nothing. The temperature is one number for a batch, found by 20
     * halvings of its logarithm, and never reaches the host.
     *
     * @param share η, in [0, 1); 0 is {@link None}
     */
    record Softened(@Letter("η") float share) implements Compensation {
        private static final int HALVINGS = 20;
        private static final double SOFTEST = Math.log(64);

        /** Checks η. */
        public Softened {
            Arguments.share("share η of the largest entropy", share);
            if (share == 1) {
                throw new IllegalArgumentException("The share η of the largest entropy must be below 1.");
            }
        }

        @Override
        public Targets of(Step step, Network teacher, NDArray adversarial) {
            NDArray logits = step.ask(teacher, step.images());
            double entropy = share * Math.log(Math.toIntExact(logits.getShape().get(1)));
            return new TargetLogits(logits, logits, null)
                    .over(temperature(logits, (float) entropy))
                    .targets();
        }

        /** The least temperature at which the mean entropy of {@code logits}, {@code [N, K]}, is at least {@code entropy}; a scalar. */
        static NDArray temperature(NDArray logits, float entropy) {
            NDArray wanted = constant(entropy);
            NDArray log = constant(0);
            NDArray sharp = sharper(logits, log, wanted);
            for (int i = 1; i <= HALVINGS; i++) {
                NDArray higher = log.add(constant(SOFTEST * Math.pow(2, -i)));
                log = log.add(sharper(logits, higher, wanted).mul(higher.sub(log)));
            }
            // The last interval's upper end; where the teacher is soft enough by itself, exactly 1.
            return log.add(sharp.mul(constant(SOFTEST * Math.pow(2, -HALVINGS))))
                    .exp();
        }

        /** 1 where at this logarithm of the temperature the mean entropy is too low, else 0. */
        private static NDArray sharper(NDArray logits, NDArray log, NDArray wanted) {
            NDArray logs = logits.div(log.exp()).logSoftmax(1);
            NDArray entropy = logs.exp().mul(logs).sum(new int[] {1}).mean().neg();
            return entropy.lt(wanted).toType(DataType.FLOAT32, false);
        }
    }

    /**
     * No compensation.
     *
     * @return the control
     */
    static Compensation none() {
        return new None();
    }

    /**
     * A learned correction of the teacher's logits from its logits, clean targets, ν = 1.
     *
     * @return the compensation
     */
    static Residual residual() {
        return new Residual(Input.LOGITS, Target.CLEAN, 1);
    }

    /**
     * A learned table of the teacher's confusions, Adam's rate 1e-3.
     *
     * @return the compensation
     */
    static Transition transition() {
        return new Transition(1e-3f);
    }

    /**
     * Correction by label with margin 0.1.
     *
     * @return the compensation
     */
    static Correction correction() {
        return new Correction(0.1f);
    }

    /**
     * Reliance on the teacher as far as it is stable, β = 1.
     *
     * @return the compensation
     */
    static Reliance reliance() {
        return new Reliance(1);
    }

    /**
     * The teacher at a fixed temperature.
     *
     * @param temperature τ, greater than 0; 1 is {@link #none}, more is softer
     * @return the compensation
     */
    static Tempered tempered(double temperature) {
        return new Tempered(none(), (float) temperature, 0);
    }

    /**
     * The teacher at a temperature that grows with its instability, from 1 for an image on which it does not change its mind.
     *
     * @param instability κ, at least 0; 0 is {@link #none}
     * @return the compensation
     */
    static Tempered adaptive(double instability) {
        return new Tempered(none(), 1, (float) instability);
    }

    /**
     * The teacher at the temperature, at least 1, at which its mean entropy over a batch is a share of ln K.
     *
     * @param share η, in [0, 1); 0 is {@link #none}
     * @return the compensation
     */
    static Softened softened(double share) {
        return new Softened((float) share);
    }
}
