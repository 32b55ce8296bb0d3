package ardent.grid;

import ai.djl.engine.EngineException;
import ardent.elsewhere.Workers;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Sha256;
import ardent.run.KeptScore;
import ardent.run.RunSummary;
import ardent.run.Scores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Fills the cells of a grid that are empty: finds or makes their runs, and has their students judged. */
final class GridRunner {
    private static final long PAUSE = 1000;
    private static final long GLANCE = 50;
    private static final int SHORT = 12;

    private final Grid grid;
    private final Candidates candidates;
    private final Path folder;
    private final CellClaims claims;
    private final Work.Task task;
    private final Consumer<GridCells> watch;
    private final List<Candidates.Cell> cells;
    private final KeptCells kept;
    private final List<GridCell> results = new ArrayList<>();
    private final Set<Integer> open = new LinkedHashSet<>();
    private final Set<String> notes;
    private final FolderRuns runs;
    private final @Nullable CellsElsewhere elsewhere;
    private final boolean priced;
    private final int slots;
    private final double[][] weights;
    private @Nullable GridPrice price;
    private double total;
    private long begun;
    private long looked;

    GridRunner(
            Grid grid,
            FolderRuns runs,
            CellClaims claims,
            @Nullable Workers workers,
            boolean priced,
            Work.Task task,
            Consumer<GridCells> watch) {
        this.grid = grid;
        this.candidates = Candidates.of(grid);
        this.folder = runs.folder();
        this.claims = claims;
        this.task = attentive(task);
        this.watch = watch;
        this.runs = runs;
        notes = runs.notes();
        cells = candidates.cells();
        elsewhere = workers == null ? null : new CellsElsewhere(workers, grid, cells, folder, notes);
        kept = KeptCells.of(grid, runs);
        this.priced = priced;
        slots = workers == null ? 1 : workers.slots();
        weights = new double[cells.size()][1 + kept.measures().size()];
    }

    GridCells run() {
        cells.forEach(cell -> results.add(kept.of(cell)));
        candidates.rows().stream()
                .filter(candidate -> !candidate.description().complete())
                .forEach(candidate -> notes.add(
                        candidate.name() + " is or contains a lambda or a class of a notebook cell: it is trained"
                                + " again each time, because changes cannot be detected."));
        IntStream.range(0, cells.size()).filter(at -> !done(at)).forEach(open::add);
        sayWhatStays();
        int all = open.size();
        weigh();
        task.report(cells.size() - all + " of " + cells.size() + " cells are done", 0, 100, told());
        watch.accept(known());
        try {
            while (!open.isEmpty() && !task.stopping()) {
                look();
                boolean waiting = true;
                for (int at : List.copyOf(open)) {
                    if (!task.stopping() && stays(at) && claimed(at, all - open.size(), all)) {
                        open.remove(at);
                        waiting = false;
                    }
                }
                if (waiting && !open.isEmpty() && !task.stopping()) {
                    await(all);
                }
            }
        } finally {
            if (elsewhere != null) {
                elsewhere.cancel();
            }
        }
        if (elsewhere != null && open.isEmpty()) {
            elsewhere.requireSome();
            task.report("all " + all + " cells are done", all, all, Map.of());
        }
        return known();
    }

    /** Asks for the price where that is little work, and weighs the parts of cells by it, or else all alike. */
    private void weigh() {
        if (priced) {
            try {
                var pilot = new Pilot(grid, cells, kept, results, task);
                if (pilot.worth()) {
                    task.report("trying out what " + open.size() + " cells take", 0, 0, Map.of());
                    price = pilot.price().over(slots); // others are taken to be as fast as this program
                } else {
                    task.report("trying a step of each method", 0, 0, Map.of());
                    pilot.requireTrainable();
                }
            } catch (Pilot.Unfit e) {
                throw e;
            } catch (RuntimeException e) {
                price = null; // what is wrong is told where the cell itself is filled
            }
        }
        GridPrice known = price;
        for (int at : open) {
            Candidates.Cell cell = cells.get(at);
            for (int part = 0; part < weights[at].length; part++) {
                String work = part == 0
                        ? GridPrice.TRAINING
                        : kept.measures().get(part - 1).name();
                weights[at][part] =
                        known == null ? 1 : known.seconds(cell.candidate().name(), cell.seed(), work);
            }
        }
        total = left();
        begun = known == null || elsewhere != null ? 0 : System.nanoTime();
    }

    private double left() {
        return open.stream().mapToDouble(at -> Arrays.stream(weights[at]).sum()).sum();
    }

    private Map<String, String> told() {
        GridPrice known = price;
        return known == null ? Map.of() : Map.of("price:", known.toString());
    }

    /** The same task, which also looks after the cells elsewhere whenever a cell here asks whether to stop. */
    private Work.Task attentive(Work.Task task) {
        return new Work.Task() {
            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {
                task.report(phase, done, total, figures);
            }

            @Override
            public void left(Duration time) {
                task.left(time);
            }

            @Override
            public boolean stopping() {
                look();
                return task.stopping();
            }
        };
    }

    private boolean stays(int at) {
        return elsewhere == null || !elsewhere.travels(at);
    }

    private void sayWhatStays() {
        if (elsewhere != null) {
            open.stream()
                    .filter(this::stays)
                    .map(at -> cells.get(at).candidate().name())
                    .distinct()
                    .forEach(name -> notes.add(name
                            + " is computed in this program and not on the cluster, because it or an attack is"
                            + " or contains a lambda, a class of one's own or a teacher that is not a Classifier."));
        }
    }

    /** Takes what came back from elsewhere, and hands out what is free. */
    private void look() {
        if (elsewhere == null || System.nanoTime() - looked < GLANCE * 1_000_000) {
            return;
        }
        looked = System.nanoTime();
        for (int at : elsewhere.back()) {
            String failure = elsewhere.settle(at);
            refresh(at);
            if (!done(at) && !failure.isEmpty()) {
                GridCell result = results.get(at);
                put(at, new GridCell(result.candidate(), result.seed(), result.trained(), result.measures(), failure));
            }
            if (done(at)) {
                open.remove(at);
            }
        }
        for (int at : List.copyOf(open)) {
            if (!elsewhere.full() && elsewhere.travels(at) && !elsewhere.has(at)) {
                hand(at, elsewhere);
            }
        }
    }

    /** Hands a cell out with the claim on it, if nobody is at it and somebody takes it. */
    private void hand(int at, CellsElsewhere others) {
        Optional<CellClaims.Claim> claim = claims.claim(cells.get(at));
        if (claim.isEmpty()) {
            return;
        }
        boolean taken = false;
        try {
            refresh(at); // another program may have filled it since this one looked
            Optional<RunSummary> begun = runs.begun(cells.get(at));
            boolean busy = begun.filter(run -> run.status().equals("running")).isPresent();
            if (done(at)) {
                open.remove(at);
            } else if (!busy) {
                taken = others.take(at, cells.get(at), claim.get(), begun.map(RunSummary::path));
            }
        } finally {
            if (!taken) {
                claim.get().close();
            }
        }
    }

    /** Fills a cell here; false if another program is at it. */
    private boolean claimed(int at, int number, int all) {
        Optional<CellClaims.Claim> claim = claims.claim(cells.get(at));
        try {
            if (claim.isEmpty()) {
                return false;
            }
            refresh(at); // another program may have filled it since this one looked
            return done(at) || fill(at, "cell " + (number + 1) + " of " + all + ": ");
        } finally {
            claim.ifPresent(CellClaims.Claim::close);
        }
    }

    /** Waits while other programs are at all that is left, and shows what they have done meanwhile. */
    private void await(int all) {
        Map<String, String> places = elsewhere == null ? Map.of() : elsewhere.places();
        boolean ours = elsewhere != null && elsewhere.size() > 0;
        int back = all - open.size();
        if (ours) {
            String phase = "%s of %s cells done, %s running, %s waiting"
                    .formatted(back, all, places.size(), open.size() - places.size());
            task.report(phase, back, all, places);
            if (price != null && !places.isEmpty()) {
                begun = begun == 0 ? System.nanoTime() : begun; // executors have started
                var whole = new CellProgress.Weights(0, total / slots, begun);
                task.left(whole.left((total - left()) / slots));
            }
        } else {
            task.report("waiting for " + open.size() + " cells that other programs are computing", 0, 0, Map.of());
        }
        try {
            Thread.sleep(ours ? GLANCE : PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The sweep was interrupted.");
        }
        if (!ours) {
            open.forEach(this::refresh);
        }
    }

    private void refresh(int at) {
        if (cells.get(at).told()) {
            put(at, kept.of(cells.get(at)));
        }
    }

    private boolean done(int at) {
        return kept.done(results.get(at));
    }

    private GridCells known() {
        return new GridCells(
                candidates.rows(),
                grid.seeds(),
                Robustness.Attacked.of(grid.attacks(), grid.test().classCount()),
                results,
                grid.test().origin().toString(),
                grid.test().size(),
                folder,
                List.copyOf(notes));
    }

    private void put(int at, GridCell found) {
        if (!found.equals(results.set(at, found))) {
            watch.accept(known());
        }
    }

    /** Trains and judges; false if somebody else is at the run of the cell. */
    private boolean fill(int at, String number) {
        Candidates.Cell cell = cells.get(at);
        Optional<RunSummary> newest = cell.told() ? runs.begun(cell) : Optional.empty();
        if (newest.filter(run -> run.status().equals("running")).isPresent()) {
            return false;
        }
        double before = total - left();
        var progress = new CellProgress(
                task, number + cell.name(), new CellProgress.Weights(before, total, begun), weights[at]);
        try {
            if (results.get(at).trained().isEmpty()) {
                put(at, KeptCells.cell(cell, runs.train(cell, newest, progress), Map.of()));
            }
            progress.next();
            if (!done(at) && results.get(at).student().isPresent()) {
                judge(at, cell, results.get(at).student().get(), progress);
            }
        } catch (CancellationException e) {
            // asked to stop: what is done is kept
        }
        progress.end(figures(results.get(at)));
        return true;
    }

    private void judge(int at, Candidates.Cell cell, RunSummary run, CellProgress progress) {
        try (Classifier student = Classifier.load(run.student(), cell.parts().architecture())) {
            for (KeptCells.Measure measure : kept.measures()) {
                if (task.stopping() || !results.get(at).failure().isEmpty()) {
                    return;
                }
                if (!results.get(at).measures().containsKey(measure.name())) {
                    judge(at, measure, student, run.path(), progress);
                }
                progress.next();
            }
        }
    }

    private void judge(int at, KeptCells.Measure measure, Classifier student, Path path, Work.Task inner) {
        GridCell result = results.get(at);
        var scores = new LinkedHashMap<>(result.measures());
        String failure = "";
        Path journal =
                path.resolve("cascade-" + Sha256.of(measure.question().json()).substring(0, SHORT) + ".journal");
        try {
            Subject subject = Subject.of(student);
            Robustness measured = measure.attack().isEmpty()
                    ? Robustness.measure(List.of(subject), grid.test(), List.of(), grid.protocol(), inner)
                    : Robustness.measure(subject, grid.test(), measure.attack().get(), grid.protocol(), inner, journal);
            if (!measured.complete()) {
                return;
            }
            List<KeptScore> kept = Scores.keep(path, measured);
            scores.put(measure.name(), kept.get(kept.size() - 1));
            Files.deleteIfExists(journal);
        } catch (IllegalArgumentException | ArithmeticException | EngineException e) {
            failure = measure.name() + " failed: " + e.getMessage();
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + journal + " cannot be removed.", e);
        }
        put(at, new GridCell(result.candidate(), result.seed(), result.trained(), scores, failure));
    }

    private static Map<String, String> figures(GridCell result) {
        var figures = new LinkedHashMap<String, String>();
        result.measures()
                .forEach((name, score) -> figures.put(
                        name,
                        String.format(
                                Locale.ROOT, "%.1f %%", 100 * score.right().rate())));
        if (!result.failure().isEmpty()) {
            figures.put("failed:", result.failure());
        }
        return figures;
    }
}
