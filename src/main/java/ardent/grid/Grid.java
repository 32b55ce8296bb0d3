package ardent.grid;

import ardent.attack.Attack;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.elsewhere.Workers;
import ardent.evaluate.Protocol;
import ardent.evaluate.Subject;
import ardent.grid.Candidate.Role;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.train.Plan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Methods × seeds: every candidate is trained with every seed and judged on the same images, clean and by every attack.
 *
 * <pre>{@code
 * new Grid(new SmallCnn(8), training, Plan.quick(), test)
 *         .baselines(new Sat(ball), new Rslad(teacher, ball)).methods(new Crdnd(teacher, ball))
 *         .seeds(0, 1, 2).attacks(new AutoAttack(ball))
 * }</pre>
 *
 * @param architecture what candidates are made of that name no other
 * @param plan how they are trained if they name no other; the seed is that of the cell
 * @param training what all are trained on
 * @param test what all are judged on
 * @param candidates the rows, each different from all others
 * @param seeds the columns, each once; to begin with that of the plan
 * @param attacks what judges besides clean accuracy
 * @param protocol batch size and seed of attacks; a {@link ardent.attack.Cascade} and
 *     {@link ardent.attack.AutoAttack} have their own
 */
public record Grid(
        Architecture architecture,
        Plan plan,
        Images training,
        Images test,
        List<Candidate> candidates,
        List<Long> seeds,
        List<Attack> attacks,
        Protocol protocol) {
    /**
     * Copies the lists and checks that nothing is there twice and that training and test images fit each other.
     *
     * @throws IllegalArgumentException in one sentence otherwise
     */
    public Grid {
        Arguments.given("architecture, plan, training, test, protocol", architecture, plan, training, test, protocol);
        candidates = Arguments.all("candidates", candidates);
        seeds = Arguments.all("seeds", seeds);
        attacks = Arguments.all("attacks", attacks);
        if (new HashSet<>(seeds).size() < seeds.size()) {
            throw new IllegalArgumentException("The seeds of a grid are " + seeds + ": name each once.");
        }
        if (!training.shape().equals(test.shape()) || !training.classes().equals(test.classes())) {
            throw new IllegalArgumentException(
                    "A grid trains and tests on images of one kind, not on " + training + " and " + test + ".");
        }
    }

    /**
     * A grid without rows, of the seed of its plan.
     *
     * @param architecture what to train
     * @param training on what
     * @param plan for how long
     * @param test what to judge on
     */
    public Grid(Architecture architecture, Images training, Plan plan, Images test) {
        this(
                architecture,
                Arguments.given("plan", plan),
                training,
                test,
                List.of(),
                List.of(plan.seed()),
                List.of(),
                new Protocol());
    }

    /**
     * With more methods.
     *
     * @param methods what the grid is about
     * @return a changed copy
     */
    public Grid methods(Method... methods) {
        return with(Role.METHOD, architecture, methods);
    }

    /**
     * With more methods on another architecture.
     *
     * @param architecture what to train
     * @param methods how
     * @return a changed copy
     */
    public Grid methods(Architecture architecture, Method... methods) {
        return with(Role.METHOD, architecture, methods);
    }

    /**
     * With more baselines.
     *
     * @param methods what the others have to beat
     * @return a changed copy
     */
    public Grid baselines(Method... methods) {
        return with(Role.BASELINE, architecture, methods);
    }

    /**
     * With more controls.
     *
     * @param methods simpler explanations of a gain
     * @return a changed copy
     */
    public Grid controls(Method... methods) {
        return with(Role.CONTROL, architecture, methods);
    }

    private Grid with(Role role, Architecture made, Method... methods) {
        return with(Stream.of(methods)
                .map(method -> new Candidate(role, made, method, plan))
                .toArray(Candidate[]::new));
    }

    /**
     * With more candidates, whatever they are.
     *
     * @param more such as one with a plan of its own
     * @return a changed copy
     */
    public Grid with(Candidate... more) {
        var all = new ArrayList<>(candidates);
        all.addAll(List.of(more));
        return new Grid(architecture, plan, training, test, all, seeds, attacks, protocol);
    }

    /**
     * With other seeds.
     *
     * @param seeds of weights, order, augmentation and noise of the trainings
     * @return a changed copy
     */
    public Grid seeds(long... seeds) {
        List<Long> all = LongStream.of(seeds).boxed().toList();
        return new Grid(architecture, plan, training, test, candidates, all, attacks, protocol);
    }

    /**
     * With other attacks.
     *
     * @param attacks what judges besides clean accuracy
     * @return a changed copy
     */
    public Grid attacks(Attack... attacks) {
        return new Grid(architecture, plan, training, test, candidates, seeds, List.of(attacks), protocol);
    }

    /**
     * With other images and plans of one epoch, for trying out whether a grid runs. Candidates that differ in their epochs alone
     * become one.
     *
     * @param training what all are trained on
     * @param test what all are judged on
     * @param validation most images held out by a plan
     * @return a changed copy
     */
    public Grid tried(Images training, Images test, int validation) {
        List<Candidate> small = candidates.stream()
                .map(each -> new Candidate(
                        each.role(),
                        each.architecture(),
                        each.method(),
                        each.plan().tried(validation)))
                .distinct()
                .toList();
        return new Grid(architecture, plan, training, test, small, seeds, attacks, protocol);
    }

    /**
     * Does what is not done yet, seed by seed. Each cell is a run in the folder, kept as every training is ({@link
     * ardent.run.Runs}), and what its student scores is kept with it as soon as it is there. A run that is there is taken
     * if its description is the same to the last letter: architecture, method, weights of its teachers, images, plan and
     * seed; one that was cut off goes on from its newest checkpoint. So are scores whose images, attack and protocol are
     * the same. Cells whose description does not tell everything, because a lambda or a class of a notebook cell is in it,
     * are done again each time.
     *
     * <p>Several programs may run one grid in one folder at once, on one machine or over a file system with locks: each
     * takes cells that are free, waits at the end for those that others are at, takes over the cells of one that was
     * killed, and returns the whole.
     *
     * @param folder where results are kept; made if it is missing
     * @param task receives progress and tells when to stop, after the batch in hand
     * @param watch sees every new result
     * @return what is known at the end
     * @throws IllegalArgumentException in one sentence, before work starts, if there is no candidate or no seed, if two
     *     candidates are the same, if a plan does not fit the training images, or if the folder has results of 0.1.0
     * @throws java.io.UncheckedIOException with a sentence, if the folder cannot be written
     */
    public GridCells run(Path folder, Work.Task task, Consumer<GridCells> watch) {
        return run(folder, null, task, watch);
    }

    /**
     * Does what is not done yet, as {@link #run(Path, Work.Task, Consumer)} does, but has others fill the cells. What cannot be
     * told to them, because a lambda or a class of a notebook cell is in it, is done here meanwhile.
     *
     * @param folder where results are kept; made if it is missing
     * @param workers who fills cells; null for this program
     * @param task receives progress and tells when to stop: what is not back then is given up
     * @param watch sees every new result
     * @return what is known at the end
     * @throws IllegalArgumentException as {@link #run(Path, Work.Task, Consumer)}; also if images given in memory are too large
     *     to travel
     * @throws java.io.UncheckedIOException with a sentence, if the folder cannot be written
     */
    public GridCells run(Path folder, @Nullable Workers workers, Work.Task task, Consumer<GridCells> watch) {
        return run(folder, workers, true, task, watch);
    }

    /** The same; {@code priced} whether it asks for its price first, where that is little beside the work. */
    GridCells run(Path folder, @Nullable Workers workers, boolean priced, Work.Task task, Consumer<GridCells> watch) {
        task.report("reading " + folder, 0, 0, Map.of());
        check(); // before there is a folder
        FolderRuns.refuseFormer(folder);
        try (var claims = new CellClaims(folder)) {
            var runs = new FolderRuns(folder, new LinkedHashSet<>());
            return new GridRunner(repacked(runs), runs, claims, workers, priced, task, watch).run();
        }
    }

    private void check() {
        Candidates.of(this);
        Subject.requireFit(List.of(), test, attacks);
    }

    private Grid repacked(FolderRuns runs) {
        List<Origin> origins = runs.origins();
        Images learned = FolderRuns.repacked(training, origins);
        Images judged = FolderRuns.repacked(test, origins);
        return new Grid(architecture, plan, learned, judged, candidates, seeds, attacks, protocol);
    }

    /**
     * What {@link #run} will take, as far as a pilot tells: three steps of each method and one batch of each attack. It trains
     * networks of its own, keeps nothing and changes nothing. Cells that are done take nothing; one that was begun counts as
     * a whole.
     *
     * @param folder where results are kept; null for a sweep that begins
     * @param task receives progress and tells when to stop
     * @return forwards, backwards and seconds of every training and measure that is not done
     * @throws IllegalArgumentException as {@link #run(Path, Work.Task, Consumer)}
     * @throws ArithmeticException if the loss of a step is not a number
     * @throws java.util.concurrent.CancellationException if it was asked to stop
     */
    public GridPrice price(@Nullable Path folder, Work.Task task) {
        task.report("trying out", 0, 0, Map.of());
        check();
        FolderRuns runs = null;
        Grid grid = this;
        if (folder != null) {
            FolderRuns.refuseFormer(folder);
            runs = new FolderRuns(folder, new LinkedHashSet<>());
            grid = repacked(runs);
        }
        KeptCells kept = KeptCells.of(grid, runs);
        List<Candidates.Cell> cells = Candidates.of(grid).cells();
        List<GridCell> results = cells.stream().map(kept::of).toList();
        return new Pilot(grid, cells, kept, results, task).price();
    }

    /** With another protocol. */
    Grid protocol(Protocol protocol) {
        return new Grid(architecture, plan, training, test, candidates, seeds, attacks, protocol);
    }
}
