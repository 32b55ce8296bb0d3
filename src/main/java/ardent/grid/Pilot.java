package ardent.grid;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Attack;
import ardent.attack.Cost;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Outputs;
import ardent.progress.Work;
import ardent.run.RunParts;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Batches;
import ardent.train.Plan;
import ardent.train.Training;
import java.io.Serial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Finds out what the open cells of a grid take: three steps of each method, at the beginning, in the middle and at the end of
 * its plan, and one batch of each attack, with networks of its own.
 *
 * <p>What an attack takes depends on how many images it breaks, which nobody knows before. So it is tried on a network that nobody
 * can fool and on one that is always wrong: what it takes lies between.
 */
final class Pilot {
    private static final int STEPS = 3;

    /** What a network that prefers a class adds to its logit. */
    private static final float FAR = 1000;

    /** Nanoseconds for which work is tried again. */
    private static final long SHORT = 150_000_000;

    /** Of so many images that an attack gets, one is tried, but at least so many are. */
    private static final int SHARE = 100;

    private static final int LEAST = 16;

    /** A sweep asks for its price where each method makes so many steps and each attack gets so many images. */
    private static final int STEPS_WORTH = 60;

    private static final int IMAGES_WORTH = 1000;

    /** The same for a cascade: on images that it does not break all its stages take every step, in small batches. */
    private static final int CASCADED_WORTH = 10_000;

    private final Grid grid;
    private final Work.Task task;
    private final int cells;
    private final int open;
    private final Map<Kind, List<Candidates.Cell>> kinds = new LinkedHashMap<>();

    /** Parts of cells that take as long as each other: the trainings of a row, or the students of an architecture under a measure. */
    private record Kind(Object of, String work, List<Attack> attacks) {
        boolean training() {
            return work.equals(GridPrice.TRAINING);
        }
    }

    /** An architecture whose networks prefer one class by far. */
    private static Architecture always(Architecture inner, int answer) {
        return (net, image, classes) -> {
            Architecture.Body body = inner.build(net, image, classes);
            float[] lift = new float[classes];
            lift[answer] = FAR;
            return (images, training) -> {
                Outputs outputs = body.apply(images, training);
                return new Outputs(
                        outputs.features(), outputs.logits().add(Torch.array(lift.clone(), new Shape(classes))));
            };
        };
    }

    Pilot(Grid grid, List<Candidates.Cell> cells, KeptCells kept, List<GridCell> results, Work.Task task) {
        this.grid = grid;
        this.task = task.silently();
        this.cells = cells.size();
        int left = 0;
        for (int i = 0; i < cells.size(); i++) {
            GridCell result = results.get(i);
            if (!kept.done(result)) {
                left++;
                add(cells.get(i), result, kept.measures());
            }
        }
        open = left;
    }

    private void add(Candidates.Cell cell, GridCell result, List<KeptCells.Measure> measures) {
        if (result.student().isEmpty()) {
            add(cell, new Kind(cell.candidate().name(), GridPrice.TRAINING, List.of()));
        }
        for (KeptCells.Measure measure : measures) {
            if (!result.measures().containsKey(measure.name())) {
                List<Attack> attacks = measure.attack().stream().toList();
                add(cell, new Kind(cell.parts().architecture(), measure.name(), attacks));
            }
        }
    }

    private void add(Candidates.Cell cell, Kind kind) {
        kinds.computeIfAbsent(kind, none -> new ArrayList<>()).add(cell);
    }

    /** Whether the pilot is little beside the work. */
    boolean worth() {
        return kinds.keySet().stream()
                        .anyMatch(kind -> kind.training() || !kind.attacks().isEmpty())
                && kinds.entrySet().stream().allMatch(each -> worth(each.getKey(), each.getValue()));
    }

    private boolean worth(Kind kind, List<Candidates.Cell> all) {
        if (kind.training()) {
            Plan plan = all.get(0).parts().plan();
            int images = grid.training().size() - plan.validation();
            long steps = (long) plan.epochs() * Batches.bounds(images, plan).count();
            return all.size() * steps >= STEPS_WORTH;
        }
        long images = (long) all.size() * grid.test().size();
        return kind.attacks().isEmpty() || images >= (cascaded(kind) ? CASCADED_WORTH : IMAGES_WORTH);
    }

    private static boolean cascaded(Kind kind) {
        return kind.attacks().get(0) instanceof StagedAttack;
    }

    /** Tries one step of each method whose trainings are long, where nobody asks for the price. */
    void requireTrainable() {
        kinds.forEach((kind, all) -> {
            if (kind.training() && worth(kind, all)) {
                requireGoing();
                fitting(all.get(0), parts -> {
                    try (var training =
                            new Training(parts.architecture(), parts.method(), parts.data(), parts.plan())) {
                        return training.tryStep(1, 1);
                    }
                });
            }
        });
    }

    GridPrice price() {
        long begin = System.nanoTime();
        var parts = new ArrayList<GridPrice.Part>();
        kinds.forEach((kind, all) -> {
            requireGoing();
            Likely each = kind.training() ? fitting(all.get(0), this::training) : judged(kind, all.size());
            all.forEach(cell -> parts.add(new GridPrice.Part(
                    cell.candidate().name(), cell.seed(), kind.work(), each.most(), each.seconds())));
        });
        return new GridPrice(parts, cells, open, 1, (System.nanoTime() - begin) / 1e9);
    }

    private void requireGoing() {
        if (task.stopping()) {
            throw new CancellationException("The pilot was stopped.");
        }
    }

    /** What a part takes at most, and what it is likely to take. */
    private record Likely(Effort most, double seconds) {
        Likely(Effort sure) {
            this(sure, sure.seconds());
        }
    }

    /** A method that cannot be trained on these images. */
    static final class Unfit extends IllegalArgumentException {
        @Serial
        private static final long serialVersionUID = 1;

        Unfit(String name, RuntimeException reason) {
            super(name + " cannot be trained: " + reason.getMessage(), reason);
        }
    }

    private static <T> T fitting(Candidates.Cell cell, Function<RunParts, T> work) {
        try {
            return work.apply(cell.parts());
        } catch (CancellationException e) {
            throw e;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new Unfit(cell.candidate().name(), e); // as in a step of the cell itself, but before work starts
        }
    }

    private Likely training(RunParts parts) {
        int epochs = parts.plan().epochs();
        try (var training = new Training(parts.architecture(), parts.method(), parts.data(), parts.plan())) {
            int steps = training.steps();
            int[] images = new int[STEPS];
            List<Effort> tried = quickest(() -> List.of(
                    Effort.of(() -> images[0] = training.tryStep(1, 1)),
                    Effort.of(() -> images[1] = training.tryStep((1 + epochs) / 2, steps)),
                    Effort.of(() -> images[2] = training.tryStep(epochs, 1))));
            double full = Math.min(tried.get(0).seconds(), tried.get(2).seconds());
            double seconds = (steps - 1) * full + tried.get(1).seconds();
            Effort epoch = tried.get(0)
                    .times(0.25 / images[0])
                    .plus(tried.get(1).times(0.5 / images[1]))
                    .plus(tried.get(2).times(0.25 / images[2]))
                    .times((steps - 1.0) * images[0] + images[1])
                    .in(seconds);
            double[] share = new double[1];
            Effort judged = Effort.of(() -> share[0] = training.tryJudging(batch(), task));
            return new Likely((share[0] == 0 ? epoch : epoch.plus(judged.times(1 / share[0]))).times(epochs));
        }
    }

    /** Does short work again, since a program is slow at first. */
    private static List<Effort> quickest(Supplier<List<Effort>> work) {
        long begin = System.nanoTime();
        List<Effort> best = work.get();
        while (System.nanoTime() - begin < SHORT) {
            List<Effort> again = work.get();
            List<Effort> before = best;
            best = IntStream.range(0, again.size())
                    .mapToObj(i -> before.get(i)
                            .in(Math.min(before.get(i).seconds(), again.get(i).seconds())))
                    .toList();
        }
        return best;
    }

    /** What it takes to judge one student. */
    private Likely judged(Kind kind, int students) {
        int all = grid.test().size();
        if (kind.attacks().isEmpty()) {
            return new Likely(quickest(() -> List.of(asked(kind, batch(), true).rest()))
                    .get(0)
                    .times((double) all / batch()));
        }
        int some = even(Math.min(batch(), Math.max(LEAST, students * (long) all / SHARE)), 4);
        int few = even(some / 8, 2);
        Asked small = asked(kind, few, true);
        Asked broken = asked(kind, few, false);
        Asked large = asked(kind, some, true);
        // The first batch is looked at once more, by checks and in two halves.
        Effort once = large.once().times((double) batch() / some);
        Effort rest = large.rest().times((double) all / some);
        double seconds = (double) all / batch() * whole((Architecture) kind.of(), some, large.rest());
        double pace = seconds / passes(rest);
        // A cascade asks once more about an image that it breaks.
        Effort more = new Effort(cascaded(kind) ? all : 0, 0, 0);
        Effort most = once.plus(rest).plus(more);
        double left = (1 + Math.min(1, passes(broken.rest()) / passes(small.rest()))) / 2;
        return new Likely(most.in(pace * passes(most)), pace * (passes(once) + left * passes(rest)));
    }

    private static int even(long count, int least) {
        return (int) Math.max(least, count / 2 * 2);
    }

    private static double passes(Effort effort) {
        return effort.forwards() + effort.backwards();
    }

    /** Seconds of a batch of full size, from those of a smaller one and what the network alone takes for either. */
    private double whole(Architecture architecture, int some, Effort tried) {
        Call part = call(architecture, some);
        Call full = call(architecture, batch());
        double forward = Math.max(0, full.forward() - part.forward());
        double backward = Math.max(0, full.backward() - part.backward());
        return tried.seconds() + (tried.forwards() * forward + tried.backwards() * backward) / some;
    }

    /** Seconds of one call of a network with a batch, and of the gradient beside it. */
    private record Call(double forward, double backward) {}

    private Call call(Architecture architecture, int count) {
        Images few = few(count);
        try (Classifier student = Classifier.of(architecture, few.shape(), few.classCount(), 0);
                NDArray images = few.pixels(Torch.manager())) {
            List<Effort> both = quickest(() -> List.of(
                    Effort.of(() -> Tape.free(() -> student.logits(images))),
                    Effort.of(() -> Tape.free(() -> Tape.gradient(images, student::logits)))));
            double forward = both.get(0).seconds();
            return new Call(forward, Math.max(0, both.get(1).seconds() - forward));
        }
    }

    /** Images that are attacked at a time. */
    private int batch() {
        return Math.min(grid.protocol().batchSize(), grid.test().size());
    }

    /** What it takes to judge some images: for what is done with the first batch only, and for the rest. */
    private record Asked(Effort once, Effort rest) {}

    /** Judges some images by a network that is always right, or always wrong. */
    private Asked asked(Kind kind, int count, boolean right) {
        Images few = few(count);
        int classes = few.classCount();
        int answer = right ? few.label(0) : (few.label(0) + 1) % classes;
        var always = always((Architecture) kind.of(), answer);
        try (Classifier student = Classifier.of(always, few.shape(), classes, 0)) {
            var seen = new ArrayList<Robustness>();
            Effort all = Effort.of(() -> seen.add(Robustness.measure(
                    List.of(new Subject("pilot", student)), few, kind.attacks(), grid.protocol(), task)));
            requireGoing();
            Outcome outcome = seen.get(0).outcomes().get(0);
            if (kind.attacks().isEmpty()) {
                return new Asked(Effort.NONE, all);
            }
            double time = outcome.scores().get(0).time().toNanos() / 1e9;
            Cost checks = outcome.checks().cost();
            Effort once =
                    new Effort(checks.images() + count, checks.backwards() * count, Math.max(0, all.seconds() - time));
            return new Asked(
                    once, new Effort(all.forwards() - once.forwards(), all.backwards() - once.backwards(), time));
        }
    }

    /** Images of one class, as many as are wanted. */
    private Images few(int count) {
        Images test = grid.test();
        int[] same = IntStream.range(0, test.size())
                .filter(i -> test.isLabelled(i) && test.label(i) == test.label(0))
                .toArray();
        return test.select(
                IntStream.range(0, count).map(i -> same[i % same.length]).toArray());
    }
}
