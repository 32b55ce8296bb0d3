package ardent.method;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.types.DataType;
import ardent.attack.Ball;
import ardent.attack.Start;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.network.Predictions;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * One training step.
 *
 * @param student the network in training
 * @param images {@code [N, C, H, W]} in [0, 1]
 * @param labels {@code [N]} int64, −1 for an image without one
 * @param unknown how many of the training images have no label; 0 in most trainings
 * @param progress share of the training that is done, from 0 to below 1
 * @param noise where this step's randomness is drawn
 * @param companion what this run keeps beside the student
 * @param views what the student has learnt from in this step so far, in order
 * @param answers what teachers have answered in this step so far
 * @param seen what the student sees where it learns from the clean images: as a rule these
 */
public record Step(
        Classifier student,
        NDArray images,
        NDArray labels,
        int unknown,
        double progress,
        Noise noise,
        Companion companion,
        List<View> views,
        List<Answer> answers,
        NDArray seen) {
    /** Tells the noise before the student from the step's other draws. */
    private static final int NOISE = 77;

    /** Nothing is null. */
    public Step {
        Arguments.given("student, images, labels, noise, companion", student, images, labels, noise, companion);
        Arguments.given("seen", seen);
        Arguments.all("views", views);
        Arguments.all("answers", answers);
    }

    /**
     * Images and what the student in training said of them.
     *
     * @param images {@code [N, C, H, W]}
     * @param outputs features and logits, differentiable; of the clean images under noise where {@link Step#seeing} put some
     */
    public record View(NDArray images, Outputs outputs) {
        /** Nothing is null. */
        public View {
            Arguments.given("images, outputs", images, outputs);
        }
    }

    /**
     * Images and what a teacher said of them.
     *
     * @param teacher who was asked
     * @param images {@code [N, C, H, W]}
     * @param outputs features and logits, constant; a bare network's features are its logits
     */
    public record Answer(Network teacher, NDArray images, Outputs outputs) {
        /** Nothing is null. */
        public Answer {
            Arguments.given("teacher, images, outputs", teacher, images, outputs);
        }
    }

    /**
     * A step at its beginning, whose images all have a label.
     *
     * @param student the network in training
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64
     * @param progress share of the training that is done, from 0 to below 1
     * @param noise where this step's randomness is drawn
     * @param companion what this run keeps beside the student
     */
    public Step(Classifier student, NDArray images, NDArray labels, double progress, Noise noise, Companion companion) {
        this(student, images, labels, 0, progress, noise, companion);
    }

    /**
     * A step at its beginning.
     *
     * @param student the network in training
     * @param images {@code [N, C, H, W]} in [0, 1]
     * @param labels {@code [N]} int64, −1 for an image without one
     * @param unknown how many of the training images have no label
     * @param progress share of the training that is done, from 0 to below 1
     * @param noise where this step's randomness is drawn
     * @param companion what this run keeps beside the student
     */
    public Step(
            Classifier student,
            NDArray images,
            NDArray labels,
            int unknown,
            double progress,
            Noise noise,
            Companion companion) {
        this(
                student,
                images,
                labels,
                unknown,
                progress,
                noise,
                companion,
                new ArrayList<>(),
                new ArrayList<>(),
                images);
    }

    /**
     * This step with noise before the student: where it learns from the clean images it sees random points of the ball around them.
     * Teachers are asked about the clean ones and searches begin from them as before, and {@link #clean} has what the student says of
     * the noisy ones.
     *
     * @param ball the threat model
     * @param noise where in the ball; {@link Start#clean} leaves the step as it is
     * @return the step, which shares what happens in it with this one
     */
    public Step seeing(Ball ball, Start noise) {
        if (noise instanceof Start.Clean) {
            return this;
        }
        NDArray noisy = noise.from(ball, images, this.noise.fork(NOISE));
        return new Step(student, images, labels, unknown, progress, this.noise, companion, views, answers, noisy);
    }

    /**
     * The labels, for a method that needs all of them.
     *
     * @return {@code [N]} int64
     * @throws IllegalArgumentException in one sentence, if some of the training images have none
     */
    @Override
    public NDArray labels() {
        if (unknown > 0) {
            throw new IllegalArgumentException(
                    "This method needs labels, and %d of the %d training images have none: train it on images.labelledOnly(),"
                                    .formatted(unknown, companion.data().size())
                            + " let a teacher label them, new SelfTraining(teacher, method), or choose a method that learns"
                            + " from the teacher alone, such as RSLAD.");
        }
        return labels;
    }

    /**
     * The labels as far as they are known, for a method that uses them where there are some.
     *
     * @param instead computes what stands for those that are not known, {@code [N]} int64; not called where all are known
     * @return {@code [N]} int64
     */
    public NDArray labels(Supplier<NDArray> instead) {
        return unknown == 0 ? labels : NDArrays.where(known(), labels, instead.get());
    }

    /**
     * Rows of the images whose label is known, and other rows of the rest.
     *
     * @param known {@code [N, K]}, taken where the label is known
     * @param others {@code [N, K]}, taken where it is not
     * @return {@code [N, K]}
     */
    public NDArray whereLabelled(NDArray known, NDArray others) {
        return unknown == 0 ? known : NDArrays.where(known().expandDims(1).broadcast(known.getShape()), known, others);
    }

    /**
     * The mean over the images whose label is known.
     *
     * @param values {@code [N]}, finite for every image
     * @return a scalar, 0 for a batch without labels
     */
    public NDArray labelledMean(NDArray values) {
        if (unknown == 0) {
            return values.mean();
        }
        NDArray counted = known().toType(DataType.FLOAT32, false);
        return values.mul(counted).sum().div(counted.sum().maximum(constant(1)));
    }

    /** Whose label is known, {@code [N]}. */
    private NDArray known() {
        return labels.gte(constant(0));
    }

    /**
     * The student's logits in training mode.
     *
     * @param images {@code [N, C, H, W]}
     * @return {@code [N, K]}
     */
    public NDArray learn(NDArray images) {
        return outputs(images).logits();
    }

    /**
     * The student's features and logits in training mode.
     *
     * @param images {@code [N, C, H, W]}
     * @return features and logits
     */
    public Outputs outputs(NDArray images) {
        Outputs outputs = student.learn(images == this.images ? seen : images);
        views.add(new View(images, outputs));
        return outputs;
    }

    /**
     * A teacher's logits, asked once in a step for the same array of images and constant; of images that a search is moving,
     * asked anew each time and differentiable in them. Other images are asked about before a search begins, whose arrays are
     * gone after each of its steps.
     *
     * @param teacher the teacher
     * @param images {@code [N, C, H, W]}
     * @return {@code [N, K]}
     */
    public NDArray ask(Network teacher, NDArray images) {
        return answer(teacher, images).logits();
    }

    /**
     * A teacher's features and logits, asked once in a step as by {@link #ask}.
     *
     * @param teacher the teacher
     * @param images {@code [N, C, H, W]}
     * @return features and logits; a bare network's features are its logits
     */
    public Outputs outputs(Network teacher, NDArray images) {
        return answer(teacher, images);
    }

    /**
     * A teacher's logits inside the objective of a search: asked anew at each of its steps and differentiable. They have the search's
     * {@link ardent.network.Precision} and are no targets: those come from {@link #ask}, or from here in {@code FLOAT32.during}.
     *
     * @param teacher the teacher
     * @param images {@code [N, C, H, W]}
     * @return {@code [N, K]}
     * @throws IllegalArgumentException in one sentence, if they are no logits, not one for each class or not finite
     */
    public NDArray follow(Network teacher, NDArray images) {
        NDArray logits = told(teacher, images).logits();
        judge(teacher, images, logits);
        return logits;
    }

    private Outputs answer(Network teacher, NDArray images) {
        for (Answer known : answers) {
            if (known.teacher() == teacher && known.images() == images) {
                return known.outputs();
            }
        }
        boolean sought = Tape.tracks(images);
        Outputs outputs = sought ? told(teacher, images) : Tape.quiet(() -> told(teacher, images));
        judge(teacher, images, outputs.logits());
        if (!sought) {
            answers.add(new Answer(teacher, images, outputs));
        }
        return outputs;
    }

    private Outputs told(Network teacher, NDArray images) {
        Predictions.requireImages("teacher", teacher, images);
        if (teacher instanceof Trajectory trajectory) {
            return trajectory.outputs(this, images);
        }
        if (teacher instanceof Classifier classifier) {
            return answerOf(classifier, images);
        }
        NDArray logits = Predictions.logits(teacher, images);
        return new Outputs(logits, logits);
    }

    /** What a teacher answers. One that a search follows is folded and rounded as the student is. */
    static Outputs answerOf(Classifier teacher, NDArray images) {
        return Tape.tracks(images)
                ? Classifier.folding(teacher, () -> teacher.outputs(images))
                : teacher.outputs(images);
    }

    private void judge(Network teacher, NDArray images, NDArray logits) {
        String name = Predictions.name(teacher);
        Tape.free(() ->
                Predictions.read(name, logits.stopGradient(), images.getShape().get(0), student.classes()));
    }

    /**
     * What the student has learnt from beside the clean images: a method that adds a term to another one finds that
     * one's adversarial images and predictions here.
     *
     * @return the view
     * @throws IllegalStateException in one sentence, unless there is exactly one
     */
    public View adversarial() {
        List<View> others =
                views.stream().filter(view -> view.images() != images).toList();
        if (others.size() != 1) {
            throw new IllegalStateException(
                    "This term needs a method that trains on one set of adversarial images, not " + others.size()
                            + ".");
        }
        return others.get(0);
    }

    /**
     * What the student has learnt from the clean images in this step.
     *
     * @return the view
     * @throws IllegalStateException in one sentence, if it has not learnt from them
     */
    public View clean() {
        return views.stream()
                .filter(view -> view.images() == images)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "A term that compares clean with adversarial images needs a method that trains on both;"
                                + " this one does not train on the clean ones."));
    }
}
