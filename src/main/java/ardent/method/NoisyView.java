package ardent.method;

import ardent.attack.Ball;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.provenance.Arguments;
import ardent.provenance.Letter;
import org.jspecify.annotations.Nullable;

/**
 * Another method whose student never sees a clean image: where it learns from one, it sees a random point of the ball around it, and
 * the label or the teacher's answer is that of the clean one. Searches and teachers see clean images as before. No published method; it is
 * the control that tells what this noise does for {@link Crdnd} ({@link Contrast.SelfRelation}) from what the rest does. A method that does not learn from
 * clean images, such as {@link Sat}, stays as it is.
 *
 * @param method what is learned by, the learner
 * @param ball the threat model
 * @param noise where in the ball the student sees an image
 */
public record NoisyView(@Letter("learner") Method method, Ball ball, Start noise) implements Method {
    /** Nothing is null. */
    public NoisyView {
        Arguments.given("method, ball, noise", method, ball, noise);
    }

    /**
     * With noise as far as the ball reaches.
     *
     * @param method the method
     * @param ball the threat model
     */
    public NoisyView(Method method, Ball ball) {
        this(method, ball, Start.boundary());
    }

    /**
     * On TRADES, β = 6.
     *
     * @param ball the threat model
     */
    public NoisyView(Ball ball) {
        this(new Trades(ball), ball);
    }

    @Override
    public @Nullable Pgd inner() {
        return method.inner();
    }

    @Override
    public Objective prepare(Step step) {
        return method.prepare(step.seeing(ball, noise));
    }

    @Override
    public String label() {
        return method.label() + ", noisy";
    }
}
