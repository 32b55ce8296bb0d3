package ardent.method;

import static ardent.tensor.Losses.crossEntropy;

import ai.djl.ndarray.NDArray;
import ardent.attack.Ball;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;

/**
 * MTARD, multi-teacher adversarial robustness distillation (Zhao et al., ECCV 2022): a natural teacher for clean images
 * and a robust one for attacked images, with weights that move.
 *
 * <p>Inner: x' = argmax CE(S(x'), y) from the clean image plus normal noise of deviation 0.001. Outer: w_N·KL(p_N(x) ‖
 * p_S(x)) + w_R·KL(p_R(x') ‖ p_S(x')). The weights begin at ½ and move at every step, before they are used: with L the
 * two losses and L₀ those of the first batch, r = (L/L₀)^β, w_N ← w_N − ρ·(w_N − r_N/(r_N + r_R)), w_R = 1 − w_N; the
 * teacher whose lesson lags gains weight. The weights belong to the run, not to this record. They are numbers of the
 * processor, so each step waits once for the losses.
 *
 * <p>The rate ρ falls to a tenth where the authors' learning rate does, at 215, 260 and 285 of 300 epochs, whatever
 * drops the plan has. Deviation: divergences are means over images; the code's scaling is {@link Divergence#rslad()},
 * on CIFAR-100 {@link Divergence#rsladCifar100()}. The weights are the same by either but for the 1e-5 in it.
 *
 * @param robust the robust teacher
 * @param natural the teacher trained on clean images
 * @param inner the inner maximisation, of the cross-entropy
 * @param rate ρ of the weights, in [0, 1]; at 0 they stay at ½
 * @param exponent β of the relative losses, at least 0
 * @param divergence how the divergences are scaled
 */
public record Mtard(
        Network robust,
        Network natural,
        Pgd inner,
        @Letter("ρ") float rate,
        @Letter("β") float exponent,
        Divergence divergence)
        implements Method {
    /** Checks the numbers. */
    public Mtard {
        Arguments.given("robust, natural, inner, divergence", robust, natural, inner, divergence);
        Arguments.share("rate ρ of the weights", rate);
        Arguments.weight("exponent β of the relative losses", exponent);
    }

    /**
     * ρ = 0.025, β = 1 and 10 steps of ε/4.
     *
     * @param robust the robust teacher
     * @param natural the teacher trained on clean images
     * @param ball the threat model
     */
    public Mtard(Network robust, Network natural, Ball ball) {
        this(robust, natural, new Pgd(ball, Ball.quarter(ball), 10, Start.gauss()), 0.025f, 1, Divergence.batchMean());
    }

    /**
     * The authors' setting: L∞ 8/255, 10 steps of 2/255, ρ = 0.025, β = 1.
     *
     * @param robust the robust teacher
     * @param natural the teacher trained on clean images
     */
    public Mtard(Network robust, Network natural) {
        this(robust, natural, new Linf());
    }

    /** The weights of one run. */
    static final class Balance implements Memory {
        private static final double[] DROPS = {215 / 300.0, 260 / 300.0, 285 / 300.0};
        private double natural = 0.5;
        private double firstNatural = Double.NaN;
        private double firstRobust = Double.NaN;

        /** Moves the weights by the losses of a step and returns the natural teacher's. */
        double move(double naturalLoss, double robustLoss, double rate, double exponent) {
            if (Double.isNaN(firstNatural)) {
                firstNatural = naturalLoss;
                firstRobust = robustLoss;
            }
            double lagging = Math.pow(naturalLoss / firstNatural, exponent);
            double other = Math.pow(robustLoss / firstRobust, exponent);
            double goal = lagging / (lagging + other);
            if (Double.isFinite(goal)) { // two lessons learnt to the last bit call for no other weights
                natural -= rate * (natural - goal);
            }
            return natural;
        }

        @Override
        public double[] numbers() {
            return new double[] {natural, firstNatural, firstRobust};
        }

        @Override
        public void set(double... numbers) {
            natural = numbers[0];
            firstNatural = numbers[1];
            firstRobust = numbers[2];
        }

        /** The natural teacher's weight. */
        double natural() {
            return natural;
        }

        /** The rate at a share of the training. */
        static double rate(double rate, double progress) {
            double now = rate;
            for (double drop : DROPS) {
                now = progress >= drop ? now / 10 : now;
            }
            return now;
        }
    }

    @Override
    public Objective prepare(Step step) {
        Balance balance = step.companion().recall("MTARD", Balance::new);
        NDArray calm = step.ask(natural, step.images());
        NDArray adversarial = inner.ascend(
                step.images(), step.noise(), x -> crossEntropy(step.student().logits(x), step.labels()));
        NDArray strong = step.ask(robust, adversarial);
        return () -> {
            NDArray attacked = step.learn(adversarial);
            double now = Balance.rate(rate, step.progress());
            return loss(step.learn(step.images()), attacked, calm, strong, balance, now, this);
        };
    }

    static Terms loss(
            NDArray clean, NDArray attacked, NDArray calm, NDArray strong, Balance balance, double rate, Mtard mtard) {
        NDArray naturalLoss = mtard.divergence.of(clean, calm).mean();
        NDArray robustLoss = mtard.divergence.of(attacked, strong).mean();
        float[] losses =
                naturalLoss.stopGradient().stack(robustLoss.stopGradient()).toFloatArray();
        double weight = balance.move(losses[0], losses[1], rate, mtard.exponent);
        return Terms.of("natural", Terms.scaled(naturalLoss, weight))
                .and("robust", Terms.scaled(robustLoss, 1 - weight));
    }

    /**
     * With another scaling of the divergences.
     *
     * @param divergence the convention
     * @return a changed copy
     */
    public Mtard divergence(Divergence divergence) {
        return new Mtard(robust, natural, inner, rate, exponent, divergence);
    }

    @Override
    public String label() {
        return "MTARD";
    }
}
