package ardent.method;

import static ardent.tensor.Losses.crossEntropy;
import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;

/**
 * B-MTARD, balanced multi-teacher adversarial robustness distillation (Zhao et al., TPAMI 2024): {@link Mtard} whose
 * two teachers are kept equally sure of themselves by a temperature each.
 *
 * <p>Inner and weights: as {@link Mtard}. The teachers' logits are divided by their temperatures, the student's are
 * not. Temperatures begin at 1, stay in [1, 10] and move at every step by −κ·sign(H/H' − 1), with H the teacher's own
 * mean entropy at its temperature and H' the other's. As in the authors' code the loss of a step is taken at the old
 * temperatures and the new weights. Temperatures and weights belong to the run, not to this record; each step waits
 * once for four numbers.
 *
 * <p>Deviation: as {@link Mtard}, divergences are means over images.
 *
 * @param robust the robust teacher
 * @param natural the teacher trained on clean images
 * @param inner the inner maximisation, of the cross-entropy
 * @param rate ρ of the weights, in [0, 1]; at 0 they stay at ½
 * @param exponent β of the relative losses, at least 0
 * @param temperatureRate κ, at least 0; at 0 this is MTARD
 * @param divergence how the divergences are scaled
 */
public record BMtard(
        Network robust,
        Network natural,
        Pgd inner,
        @Letter("ρ") float rate,
        @Letter("β") float exponent,
        @Letter("κ") float temperatureRate,
        Divergence divergence)
        implements Method {
    /** Checks the numbers. */
    public BMtard {
        Arguments.given("robust, natural, inner, divergence", robust, natural, inner, divergence);
        Arguments.share("rate ρ of the weights", rate);
        Arguments.weight("exponent β of the relative losses", exponent);
        Arguments.weight("rate κ of the temperatures", temperatureRate);
    }

    /**
     * ρ = 0.025, β = 1, κ = 0.001 and 10 steps of ε/4.
     *
     * @param robust the robust teacher
     * @param natural the teacher trained on clean images
     * @param ball the threat model
     */
    public BMtard(Network robust, Network natural, Ball ball) {
        this(
                robust,
                natural,
                new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()),
                0.025f,
                1,
                0.001f,
                Divergence.batchMean());
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, ρ = 0.025, β = 1, κ = 0.001.
     *
     * @param robust the robust teacher
     * @param natural the teacher trained on clean images
     */
    public BMtard(Network robust, Network natural) {
        this(robust, natural, new Linf());
    }

    /** The temperatures of one run. */
    static final class Heat implements Memory {
        private static final double LEAST = 1;
        private static final double MOST = 10;
        private double natural;
        private double robust;

        Heat(double natural, double robust) {
            this.natural = natural;
            this.robust = robust;
        }

        @Override
        public double[] numbers() {
            return new double[] {natural, robust};
        }

        @Override
        public void set(double... numbers) {
            natural = numbers[0];
            robust = numbers[1];
        }

        double natural() {
            return natural;
        }

        double robust() {
            return robust;
        }

        /** Moves both towards equal entropies. */
        void move(double naturalEntropy, double robustEntropy, double rate) {
            robust = moved(robust, robustEntropy / naturalEntropy, rate);
            natural = moved(natural, naturalEntropy / robustEntropy, rate);
        }

        private static double moved(double temperature, double ratio, double rate) {
            double step = Double.isNaN(ratio) ? 0 : rate * Math.signum(ratio - 1);
            return Math.max(LEAST, Math.min(MOST, temperature - step));
        }
    }

    @Override
    public Objective prepare(Step step) {
        var balance = step.companion().recall("B-MTARD weights", Mtard.Balance::new);
        Heat heat = step.companion().recall("B-MTARD temperatures", () -> new Heat(1, 1));
        NDArray calm = step.ask(natural, step.images());
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(step.student().logits(x), step.labels()));
        NDArray strong = step.ask(robust, adversarial);
        return () -> {
            NDArray attacked = step.learn(adversarial);
            double now = Mtard.Balance.rate(rate, step.progress());
            return loss(step.learn(step.images()), attacked, calm, strong, balance, heat, now, this);
        };
    }

    static Terms loss(
            NDArray clean,
            NDArray attacked,
            NDArray calm,
            NDArray strong,
            Mtard.Balance balance,
            Heat heat,
            double rate,
            BMtard method) {
        NDArray calmer = calm.div(calm.getManager().create((float) heat.natural()));
        NDArray milder = strong.div(strong.getManager().create((float) heat.robust()));
        NDArray naturalLoss = method.divergence.of(clean, calmer).mean();
        NDArray robustLoss = method.divergence.of(attacked, milder).mean();
        float[] now = ai.djl.ndarray.NDArrays.stack(new NDList(
                        naturalLoss.stopGradient(), robustLoss.stopGradient(), entropy(calmer), entropy(milder)))
                .toFloatArray();
        heat.move(now[2], now[3], method.temperatureRate);
        double weight = balance.move(now[0], now[1], rate, method.exponent);
        return Terms.of("natural", Terms.scaled(naturalLoss, weight))
                .and("robust", Terms.scaled(robustLoss, 1 - weight));
    }

    /** The mean over images and classes of p·log(p + 1e-5): negative, as the authors' code has it. */
    static NDArray entropy(NDArray logits) {
        NDArray p = logits.softmax(1);
        return p.mul(p.add(constant(1e-5)).log()).mean();
    }

    @Override
    public String label() {
        return "B-MTARD";
    }
}
