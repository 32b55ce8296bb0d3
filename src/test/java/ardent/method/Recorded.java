package ardent.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Outputs;
import ardent.tensor.Torch;
import java.util.Map;
import java.util.Objects;

/**
 * A network whose weights are its answers, so that a method's whole step can be compared with a formula of them: images x of
 * grey 0.5 get "Clean", x + δ of grey 0.75 "Adv", x − δ of grey 0.25 "Minus". A view that it has no answer for is an error.
 *
 * <p>As it does not depend on its images, a search stays where {@link #ATTACK} begins it. In evaluation mode answers do
 * not lead back to the weights: a loss taken there has no gradient.
 *
 * @param logits answers by view, {@code [N, K]}
 * @param features answers by view, {@code [N, F]}; without them the logits
 * @param learns whether it may be asked in training mode
 */
record Recorded(Map<String, NDArray> logits, Map<String, NDArray> features, boolean learns) implements Architecture {
    static final Shape IMAGE = new Shape(1, 1, 1);

    /** Ends at grey 0.75. */
    static final Pgd ATTACK =
            new Pgd(new Linf(0.5f), 0.125f, 2, (ball, images, noise) -> images.add(Torch.constant(0.25)));

    /** Ends at grey 0.75 from this start too, whose draws it leaves alone. */
    static Pgd attack(float radius, float stride, int steps) {
        Start start = ATTACK.start();
        return new Pgd(new Linf(radius), stride, steps, start);
    }

    static Classifier student(Map<String, NDArray> logits, Map<String, NDArray> features) {
        return classifier(new Recorded(logits, features, true));
    }

    static Classifier student(Map<String, NDArray> logits) {
        return student(logits, logits);
    }

    static Classifier teacher(Map<String, NDArray> logits, Map<String, NDArray> features) {
        return classifier(new Recorded(logits, features, false));
    }

    static Classifier teacher(Map<String, NDArray> logits) {
        return teacher(logits, logits);
    }

    private static Classifier classifier(Recorded recorded) {
        NDArray any = recorded.logits.values().iterator().next();
        return Classifier.of(recorded, IMAGE, (int) any.getShape().get(1), 0);
    }

    /** Clean images for as many rows. */
    static NDArray images(long count) {
        return Torch.manager().full(new Shape(count, 1, 1, 1), 0.5f);
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        logits.forEach((view, answer) -> net.parameter("logits." + view, answer.duplicate()));
        features.forEach((view, answer) -> net.parameter("features." + view, answer.duplicate()));
        return (images, training) -> {
            if (training && !learns) {
                throw new IllegalStateException("A teacher is asked in evaluation mode.");
            }
            float grey = images.stopGradient().mean().getFloat();
            String view = grey < 0.4 ? "Minus" : grey < 0.6 ? "Clean" : "Adv";
            NDArray nothing = images.mul(Torch.constant(0)).sum();
            return new Outputs(
                    answer(net, "features." + view, training).add(nothing),
                    answer(net, "logits." + view, training).add(nothing));
        };
    }

    private static NDArray answer(Layers net, String name, boolean training) {
        NDArray answer = Objects.requireNonNull(net.all().get(name), () -> "Nothing is recorded of " + name + ".");
        return training ? answer : answer.stopGradient();
    }
}
