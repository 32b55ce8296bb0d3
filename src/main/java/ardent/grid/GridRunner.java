package ardent.grid;

import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Fills the cells of a grid that are empty. */
final class GridRunner {
    private static final long PAUSE = 1000;
    private static final String WEIGHTS = "student.safetensors";
    private static final String TRAINING = "training.json";

    private final Grid grid;
    private final Candidates cast;
    private final GridFolder store;
    private final Work.Task task;
    private final Consumer<GridCells> watch;
    private final List<Candidates.Cell> cells;
    private final List<CellMeasure> judges;
    private final List<GridCell> trials = new ArrayList<>();

    GridRunner(Grid grid, Candidates cast, GridFolder store, Work.Task task, Consumer<GridCells> watch) {
        this.grid = grid;
        this.cast = cast;
        this.store = store;
        this.task = task;
        this.watch = watch;
        this.cells = cast.cells();
        this.judges = CellMeasure.all(grid);
    }

    GridCells run() {
        for (Candidates.Cell cell : cells) {
            trials.add(kept(cell));
        }
        cast.entrants().stream()
                .filter(entrant -> !entrant.description().repeatable())
                .forEach(
                        entrant -> store.note(
                                entrant.name() + " is a lambda or was defined in a notebook cell, or holds"
                                        + " such a thing: it is trained again each time, because nobody can tell whether it changed."));
        List<Integer> open = new ArrayList<>(
                IntStream.range(0, cells.size()).filter(at -> !done(at)).boxed().toList());
        task.report(cells.size() - open.size() + " of " + cells.size() + " cells are done", 0, 100, Map.of());
        watch.accept(known());
        int all = open.size();
        while (!open.isEmpty() && !task.stopping()) {
            boolean waiting = true;
            for (int at : List.copyOf(open)) {
                if (!task.stopping() && claimed(at, all - open.size(), all)) {
                    open.remove((Integer) at);
                    waiting = false;
                }
            }
            if (waiting && !task.stopping()) {
                await(open);
            }
        }
        return known();
    }

    /** Fills a cell; false if another program is at it. */
    private boolean claimed(int at, int number, int all) {
        Optional<GridFolder.Claim> claim = store.claim(cells.get(at));
        try {
            if (claim.isPresent()) {
                refresh(at); // another program may have filled it since this one looked
                if (!done(at)) {
                    fill(at, new CellProgress(task, number, all, 1 + judges.size()));
                }
            }
            return claim.isPresent();
        } finally {
            claim.ifPresent(GridFolder.Claim::close);
        }
    }

    /** Waits while other programs are at all that is left, and shows what they have done meanwhile. */
    private void await(List<Integer> open) {
        task.report("waiting for " + open.size() + " cells that other programs are at", 0, 0, Map.of());
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("The sweep was interrupted.");
        }
        open.forEach(this::refresh);
    }

    private void refresh(int at) {
        if (cells.get(at).told()) {
            GridCell found = kept(cells.get(at));
            if (!found.equals(trials.set(at, found))) {
                watch.accept(known());
            }
        }
    }

    private boolean done(int at) {
        return done(trials.get(at));
    }

    private boolean done(GridCell trial) {
        return !trial.failure().isEmpty() || trial.measures().size() == judges.size();
    }

    private GridCells known() {
        List<String> measures = judges.stream().map(CellMeasure::name).toList();
        return new GridCells(
                cast.entrants(),
                grid.seeds(),
                measures,
                trials,
                grid.test().origin().toString(),
                grid.test().size(),
                store.folder(),
                store.notes());
    }

    /** What the folder has of a cell. */
    private GridCell kept(Candidates.Cell cell) {
        Path place = store.of(cell);
        Path student = place.resolve(WEIGHTS);
        Optional<Trained> trained = cell.told()
                ? store.read(place.resolve(TRAINING), Trained.class)
                        .filter(found -> found.setup().equals(cell.setup()))
                        .filter(found -> found.failed() || whole(student, found))
                : Optional.empty();
        var measures = new LinkedHashMap<String, Measured>();
        trained.filter(found -> !found.failed()).ifPresent(found -> {
            for (CellMeasure judge : judges) {
                Description key = judge.key(found.weights());
                if (judge.told()) {
                    store.read(judge.file(place, key), Measured.class)
                            .filter(measured -> measured.measure().equals(key))
                            .ifPresent(measured -> measures.put(judge.name(), measured));
                }
            }
        });
        return new GridCell(
                cell.entrant().name(),
                cell.seed(),
                student,
                trained,
                measures,
                trained.map(Trained::failure).orElse(""));
    }

    private boolean whole(Path student, Trained trained) {
        if (Files.exists(student) && Sha256.of(student).equals(trained.file())) {
            return true;
        }
        store.damaged(student);
        return false;
    }

    private void fill(int at, CellProgress stretch) {
        Candidates.Cell cell = cells.get(at);
        stretch.begin(cell.entrant().name() + ", seed " + cell.seed());
        Classifier student = null;
        try {
            if (trials.get(at).trained().isEmpty()) {
                student = train(at, stretch);
            }
            stretch.next();
            for (CellMeasure judge : judges) {
                if (trials.get(at).trained().isEmpty()
                        || !trials.get(at).failure().isEmpty()
                        || task.stopping()) {
                    break;
                }
                if (!trials.get(at).measures().containsKey(judge.name())) {
                    student = student != null
                            ? student
                            : Classifier.load(trials.get(at).student());
                    measure(at, judge, student, stretch);
                }
                stretch.next();
            }
        } catch (CancellationException e) {
            // asked to stop: what is done is kept
        } finally {
            if (student != null) {
                student.close();
            }
        }
        stretch.end(figures(trials.get(at)));
    }

    private @Nullable Classifier train(int at, CellProgress stretch) {
        Candidates.Cell cell = cells.get(at);
        Path place = store.of(cell);
        var lesson = new CellTraining(cell, grid.training(), place, store::note);
        Classifier student = lesson.run(stretch);
        if (lesson.stopped()) {
            return null;
        }
        try {
            Path file = place.resolve(WEIGHTS);
            if (student != null) {
                student.save(file);
            }
            Trained trained = lesson.trained(student == null ? "" : Sha256.of(file));
            GridFolder.write(place.resolve(TRAINING), trained);
            lesson.forget();
            put(at, Optional.of(trained), Map.of(), trained.failure());
            return student;
        } catch (RuntimeException | Error e) {
            if (student != null) {
                student.close();
            }
            throw e;
        }
    }

    private void measure(int at, CellMeasure judge, Classifier student, CellProgress stretch) {
        GridCell trial = trials.get(at);
        Path place = store.of(cells.get(at));
        String weights = trial.trained().map(Trained::weights).orElseThrow();
        Description key = judge.key(weights);
        try {
            Measured measured = judge.measure(student, key, judge.file(place, key), stretch);
            GridFolder.write(judge.file(place, key), measured);
            judge.forget(judge.file(place, key));
            var measures = new LinkedHashMap<>(trial.measures());
            measures.put(judge.name(), measured);
            put(at, trial.trained(), measures, "");
        } catch (IllegalArgumentException | ArithmeticException | ai.djl.engine.EngineException e) {
            put(at, trial.trained(), trial.measures(), judge.name() + " failed: " + e.getMessage());
        }
    }

    private void put(int at, Optional<Trained> trained, Map<String, Measured> measures, String failure) {
        GridCell old = trials.get(at);
        trials.set(at, new GridCell(old.entrant(), old.seed(), old.student(), trained, measures, failure));
        watch.accept(known());
    }

    private static Map<String, String> figures(GridCell trial) {
        var figures = new LinkedHashMap<String, String>();
        trial.measures()
                .forEach((name, measured) -> figures.put(
                        name,
                        String.format(
                                Locale.ROOT, "%.1f %%", 100 * measured.hits().rate())));
        if (!trial.failure().isEmpty()) {
            figures.put("failed:", trial.failure());
        }
        return figures;
    }
}
