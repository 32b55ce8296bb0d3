package ardent.method;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Outputs;
import ardent.network.Predictions;
import ardent.network.Weights;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Letter;
import ardent.tensor.BatchBounds;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A teacher as the versions that it went through in its own training, easy to hard, in the place of a teacher of any method: the
 * student learns from an early version first and moves on as HetComp's students do (Kang et al., WWW 2023, there for
 * recommenders; for classifiers <b>a reconstruction</b>).
 *
 * <p>The student is compared at equal distances along its training: d = 1 − the share of 1,000 clean training images on which it and
 * the <em>next</em> version choose the same class. The first time d is only measured. From then on it moves on to the next version
 * if d_before / d_now is above α·0.995^k at the k-th look, or below 1, and waits in between: while it still comes nearer, but slowly.
 * d_before is the distance at the first look, or when it moved on last.
 * With one version it is that teacher. Outside a training it answers as its last version.
 *
 * <p>The training is cut into {@code looks} equal parts, and the student is compared between them: {@code looks} − 1 times, of which all
 * but the first can move it on.
 *
 * @param versions networks of one architecture, first the easiest; at least one
 * @param eachClass whether the images of each class have a version of their own, by their labels, rather than all images one; not for
 *     {@link SelfTraining}, which looks at no labels
 * @param looks into how many equal parts its training is cut; at least 3, or nobody could move on
 * @param alpha α, at least 1
 */
public record Trajectory(
        List<Classifier> versions,
        boolean eachClass,
        int looks,
        @Letter("α") double alpha) implements Network, Described {
    private static final int SAMPLE = 1000;
    private static final int BATCH = 250;
    private static final int FEWEST = 3;

    /** Checks that the versions are of one network. */
    public Trajectory {
        versions = Arguments.all("versions", versions);
        Arguments.atLeastOne("version", versions.size());
        if (looks < FEWEST) {
            throw new IllegalArgumentException("A trajectory needs at least " + FEWEST + " parts, such as 10, not "
                    + looks + ": with fewer, the student stays at the first version.");
        }
        if (!(alpha >= 1)) {
            throw new IllegalArgumentException("A trajectory's α is at least 1, not " + alpha + ".");
        }
        Classifier first = versions.get(0);
        for (Classifier other : versions) {
            if (!other.architecture().equals(first.architecture())
                    || !other.image().equals(first.image())
                    || other.classes() != first.classes()) {
                throw new IllegalArgumentException("A trajectory has versions of one network, and " + other.name()
                        + " has another architecture, image or number of classes than " + first.name() + ".");
            }
        }
    }

    /**
     * One version for all images, 10 parts, α = 1.05.
     *
     * @param versions networks of one architecture, first the easiest; at least one
     */
    public Trajectory(List<Classifier> versions) {
        this(versions, false, 10, 1.05);
    }

    /**
     * With a version for each class, or one for all images.
     *
     * @param eachClass whether each class has its own
     * @return a changed copy
     */
    public Trajectory eachClass(boolean eachClass) {
        return new Trajectory(versions, eachClass, looks, alpha);
    }

    /** Logits of the last version. */
    @Override
    public NDArray logits(NDArray images) {
        return versions.get(versions.size() - 1).logits(images);
    }

    /** Features and logits of the versions that the student learns from now. */
    Outputs outputs(Step step, NDArray images) {
        NDArray classes = eachClass ? labels(step) : null;
        Position position = position(step);
        int[] used = position.reached().distinct().sorted().toArray();
        int count = (int) images.getShape().get(0);
        if (classes != null && classes.size() != count) {
            throw new IllegalArgumentException(
                    "A trajectory with a version for each class knows the classes of the step's "
                            + classes.size() + " images, and is asked about " + count
                            + ": take trajectory.eachClass(false), or ask it in a step of those images and their labels.");
        }
        if (classes == null || used.length == 1) {
            return Step.answerOf(versions.get(used[0]), images);
        }
        long[] labels = Tape.read(classes::toLongArray);
        NDArray features = constant(0);
        NDArray logits = constant(0);
        for (int version : used) {
            var mine = new float[count];
            for (int i = 0; i < count; i++) {
                mine[i] = position.version((int) labels[i]) == version ? 1 : 0;
            }
            NDArray rows = Torch.array(mine, new Shape(count, 1));
            Outputs told = Step.answerOf(versions.get(version), images);
            features = features.add(told.features().mul(rows));
            logits = logits.add(told.logits().mul(rows));
        }
        return new Outputs(features, logits);
    }

    private static NDArray labels(Step step) {
        try {
            return step.labels();
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException(
                    "A trajectory with a version for each class needs the labels of all training images, and some have none:"
                            + " take trajectory.eachClass(false), or train on images.labelledOnly().",
                    unknown);
        }
    }

    /** Where the student is, after a look where one is due. */
    private Position position(Step step) {
        int learners = eachClass ? step.student().classes() : 1;
        Position position = step.companion().recall(this, this::key, () -> new Position(learners, versions.size()));
        if ((int) (step.progress() * looks) > position.looks) {
            Tape.quiet(() -> look(step, position));
        }
        return position;
    }

    /** Tells this trajectory from others of a run, also when it is loaded anew. */
    private String key() {
        return "trajectory" + (eachClass ? " by class " : " ")
                + Weights.sha256(versions.get(versions.size() - 1).layers().all());
    }

    private Position look(Step step, Position position) {
        Images data = step.companion().data();
        Images sample = data.take(Math.min(SAMPLE, data.size()));
        int[] student = classes(step.student(), sample);
        var told = new HashMap<Integer, int[]>();
        position.look(alpha, (learner, next) -> {
            int[] teacher = told.computeIfAbsent(next, version -> classes(versions.get(version), sample));
            return 1
                    - IntStream.range(0, student.length)
                            .filter(i -> !eachClass || sample.label(i) == learner)
                            .map(i -> student[i] == teacher[i] ? 1 : 0)
                            .average()
                            .orElse(1);
        });
        return position;
    }

    private static int[] classes(Classifier network, Images images) {
        var classes = new int[images.size()];
        var batches = new BatchBounds(images.size(), BATCH);
        for (int b = 0; b < batches.count(); b++) {
            try (NDArray pixels = images.pixels(Torch.manager(), batches.of(b))) {
                int[] some = Predictions.of(network, pixels).classes();
                System.arraycopy(some, 0, classes, batches.from(b), some.length);
            }
        }
        return classes;
    }

    @Override
    public Record origin() {
        return this;
    }

    @Override
    public String name() {
        return versions.get(versions.size() - 1).name() + ", " + versions.size() + " versions";
    }

    /** Which version each learner has reached: a user of a recommender, a class of images, or all images as one. */
    public static final class Position implements Memory {
        private static final double CALMER = 0.995;

        private final int last;
        private final int[] versions;
        private final double[] distances;
        private int looks;

        /** How far a learner is from a version, at least 0. */
        @FunctionalInterface
        public interface Distance {
            /**
             * Measures it.
             *
             * @param learner its number
             * @param version of the teacher
             * @return 0 where they agree
             */
            double of(int learner, int version);
        }

        /**
         * At the first version.
         *
         * @param learners how many
         * @param versions how many
         */
        public Position(int learners, int versions) {
            last = versions - 1;
            this.versions = new int[learners];
            distances = new double[learners];
        }

        /**
         * HetComp's rule: a learner moves on to the next version where it has come nearer to it by more than a threshold since its
         * distance was last measured, at the first look or when it moved on, or has moved away from it, or agrees with it.
         *
         * @param alpha α of the threshold α·0.995^k at the k-th look
         * @param distance from a version
         */
        public void look(double alpha, Distance distance) {
            looks++;
            double threshold = alpha * Math.pow(CALMER, looks);
            for (int learner = 0; learner < versions.length; learner++) {
                if (looks > 1 && versions[learner] == last) {
                    continue;
                }
                double now = distance.of(learner, next(learner));
                double ratio = distances[learner] / now;
                if (looks == 1) {
                    distances[learner] = now;
                } else if (now == 0 || ratio > threshold || ratio < 1) {
                    versions[learner]++;
                    distances[learner] = distance.of(learner, next(learner));
                }
            }
        }

        private int next(int learner) {
            return Math.min(versions[learner] + 1, last);
        }

        /**
         * Where a learner is.
         *
         * @param learner its number
         * @return its version, from 0
         */
        public int version(int learner) {
            return versions[learner];
        }

        /**
         * How far a learner was from its next version when it was last measured there.
         *
         * @param learner its number
         * @return at least 0
         */
        public double distance(int learner) {
            return distances[learner];
        }

        /**
         * Where all of them are.
         *
         * @return a version for each learner
         */
        public IntStream reached() {
            return Arrays.stream(versions);
        }

        @Override
        public double[] numbers() {
            return DoubleStream.concat(
                            DoubleStream.of(looks),
                            DoubleStream.concat(reached().asDoubleStream(), Arrays.stream(distances)))
                    .toArray();
        }

        @Override
        public void set(double... numbers) {
            looks = (int) numbers[0];
            for (int learner = 0; learner < versions.length; learner++) {
                versions[learner] = (int) numbers[1 + learner];
                distances[learner] = numbers[1 + versions.length + learner];
            }
        }
    }
}
