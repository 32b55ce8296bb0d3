package ardent.run;

import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.provenance.Description;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The run that a network belongs to: the one that it was trained in or loaded from, wherever that was moved before it was
 * loaded, or else the one that its origin names, where runs are kept. The folder must hold exactly this student.
 */
public final class RunOfNetwork {
    private RunOfNetwork() {}

    /**
     * Finds the folder of the run whose student a network is.
     *
     * @param network the network
     * @param trouble receives in one sentence where its folder is gone or holds no student any more
     * @return the folder; empty for networks that are no student of a finished run, such as teachers and changed ones
     */
    public static Optional<Path> of(Classifier network, Consumer<String> trouble) {
        Description origin = Description.of(network);
        String weights = origin.at("weights").orElse("");
        Path known = network.folder().orElse(null);
        String run = origin.at("run").orElse("");
        if (weights.isEmpty() || (known == null && run.isEmpty())) {
            return Optional.empty();
        }
        Optional<Path> found = Stream.of(Optional.ofNullable(known), named(run))
                .flatMap(Optional::stream)
                .filter(folder ->
                        RunSummary.weights(folder).filter(weights::equals).isPresent())
                .findFirst();
        if (found.isEmpty()) {
            boolean done = origin.at("stopped").filter("false"::equals).isPresent();
            missing(known, done ? run : "").ifPresent(trouble);
            return found;
        }
        return found.filter(
                folder -> weights.equals(Weights.sha256(network.layers().all())));
    }

    private static Optional<Path> named(String run) {
        boolean name = !run.isEmpty()
                && Path.of(run).getNameCount() == 1
                && !Path.of(run).isAbsolute();
        return name && !run.startsWith(".") ? Runs.root().map(root -> root.resolve(run)) : Optional.empty();
    }

    private static Optional<String> missing(@Nullable Path known, String run) {
        if (known == null) {
            return Optional.empty();
        }
        if (!Files.isDirectory(known)) {
            return Optional.of("its folder " + known + " was deleted or moved; load its student from where it is now.");
        }
        boolean own = run.equals(Objects.toString(known.getFileName(), ""));
        return own && RunSummary.weights(known).isEmpty()
                ? Optional.of("its folder " + known + " has no intact student any more.")
                : Optional.empty();
    }
}
