package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.network.Network;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;

/**
 * Fast gradient sign method (Goodfellow et al., ICLR 2015): one step as long as the radius. Since it never looks where it
 * lands, a larger radius may break less.
 *
 * @param ball the threat model
 * @param start where it begins; the paper's is {@link Start#clean()}
 */
public record Fgsm(Ball ball, Start start) implements Attack {
    /** Nothing is null. */
    public Fgsm {
        Arguments.given("ball, start", ball, start);
    }

    /**
     * From the clean images.
     *
     * @param ball the threat model
     */
    public Fgsm(Ball ball) {
        this(ball, Start.clean());
    }

    /** The field's standard: L∞ 8/255 from the clean images. */
    public Fgsm() {
        this(new Linf());
    }

    @Override
    public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
        return new Pgd(ball, ball.radius(), 1, start).perturb(victim, images, labels, noise);
    }

    @Override
    public boolean oneStep() {
        return true;
    }

    @Override
    public String label() {
        return "FGSM";
    }
}
