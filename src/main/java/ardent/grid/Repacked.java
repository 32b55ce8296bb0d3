package ardent.grid;

import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.provenance.Description;
import ardent.run.RunSummary;
import ardent.run.Runs;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes published images whose files were only packed anew for those that the runs in a folder are of. */
final class Repacked {
    private Repacked() {}

    /** The images, described as the runs of a folder describe the same ones, if there are any. */
    static Images known(Images images, Path folder) {
        if (!images.origin().official()) {
            return images;
        }
        return Runs.unsorted(folder).stream()
                .flatMap(path -> data(RunSummary.of(path)))
                .flatMap(data -> origin(data).stream())
                .filter(origin -> images.origin().selections().equals(origin.selections()))
                .flatMap(origin -> Recall.from(images, origin).stream())
                .filter(found -> found.size() == images.size())
                .findFirst()
                .orElse(images);
    }

    /** The images that a run learned from, and those that its student was judged on. */
    private static Stream<Description> data(RunSummary run) {
        return Stream.concat(run.part("data").stream(), run.scores().stream().map(evidence -> evidence.part("data")));
    }

    private static Optional<Origin> origin(Description data) {
        try {
            return Optional.of((Origin) data.rebuild());
        } catch (IllegalArgumentException | ClassCastException e) {
            return Optional.empty(); // images of another version
        }
    }
}
