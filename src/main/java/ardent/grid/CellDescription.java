package ardent.grid;

import ardent.attack.Attack;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.elsewhere.Parcel;
import ardent.evaluate.Protocol;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.provenance.Folder;
import ardent.run.RunFiles;
import ardent.run.RunSummary;
import ardent.train.Plan;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * All that a cell is, but for the bytes of teachers and images. The files of its run travel beside it as far as they are there, and
 * come back.
 *
 * @param architecture what is trained
 * @param method how
 * @param plan for how long, with the seed of the cell
 * @param training on what
 * @param test what it is judged on
 * @param attacks what judges besides clean accuracy
 * @param protocol how
 */
record CellDescription(
        Architecture architecture,
        Method method,
        Plan plan,
        Origin training,
        Origin test,
        List<Attack> attacks,
        Protocol protocol)
        implements Parcel.Contents {
    /** Holds the name of the run's folder. */
    static final String FOLDER = ".folder";

    @Override
    public List<Origin> images() {
        return List.of(training, test);
    }

    /** Fills the cell as a sweep of it alone would. */
    @Override
    public Map<String, byte[]> run(Parcel parcel, Parcel.Place place) {
        var begun = new LinkedHashMap<>(parcel.own());
        byte[] name = begun.remove(FOLDER);
        if (name != null) {
            Folder.write(Folder.inside(place.folder(), Parcel.text(name)), begun);
        }
        GridCells known = grid(parcel.images(training, place), parcel.images(test, place))
                .run(place.folder(), null, false, place.task(), cells -> {});
        if (!known.complete()) {
            throw new CancellationException("The cell " + parcel.name() + " was stopped.");
        }
        GridCell done = known.cells().get(0);
        Map<String, byte[]> files = done.trained()
                .map(RunSummary::path)
                .map(CellDescription::packed)
                .orElseGet(LinkedHashMap::new);
        if (!done.failure().isEmpty()) {
            files.put(Parcel.FAILURE, Parcel.bytes(done.failure()));
        }
        return files;
    }

    /** The files of a run, and the name of its folder as one more. */
    static Map<String, byte[]> packed(Path path) {
        Map<String, byte[]> files = RunFiles.read(path);
        files.put(
                FOLDER, Parcel.bytes(Objects.requireNonNull(path.getFileName()).toString()));
        return files;
    }

    /** The cell as a grid of its own. */
    private Grid grid(Images images, Images judging) {
        return new Grid(architecture, images, plan, judging)
                .with(new Candidate(Candidate.Role.METHOD, architecture, method, plan))
                .seeds(plan.seed())
                .attacks(attacks.toArray(Attack[]::new))
                .protocol(protocol);
    }
}
