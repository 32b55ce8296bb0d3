package ardent.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.network.file.FileSignature;
import ardent.network.file.NameMapping;
import ardent.network.file.SavedNormalisation;
import ardent.network.file.WeightFit;
import ardent.network.file.WeightSeal;
import ardent.provenance.CellSource;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Networks from the weight files of others, and weight files for others. */
final class ForeignWeights {
    private static final String MEAN = "normalize.mean";
    private static final String DEVIATION = "normalize.std";
    private static final String INNER = "model.";

    private ForeignWeights() {}

    static Classifier load(Path file, String part, Architecture architecture, Shape image, int classes) {
        try (var manager = Torch.manager().newSubManager()) {
            WeightContent content = Weights.read(file, part, manager);
            Classifier network = Tape.quiet(() -> build(file, content, architecture, image, classes));
            if (!content.others().isEmpty()) {
                System.err.println("The weight file " + file + " holds several networks: the one under "
                        + content.metadata().getOrDefault("part", "no key") + " was taken, others are under "
                        + WeightFit.some(content.others()) + "; to load one of those, name it: "
                        + WeightFit.advice(content.others().get(0)) + ".");
            }
            return network;
        }
    }

    private static Classifier build(
            Path file, WeightContent content, Architecture architecture, Shape image, int classes) {
        Classifier network = null;
        try {
            WeightSeal.require(content);
            var arrays = new LinkedHashMap<>(content.arrays());
            List<String> copies =
                    arrays.keySet().stream().filter(NameMapping::isCopy).toList();
            arrays.keySet().removeAll(copies);
            Architecture whole = own(content, architecture);
            Optional<SavedNormalisation> normalisation = SavedNormalisation.in(arrays, image);
            if (normalisation.isPresent()) {
                whole = normalisation.get().around(whole);
                arrays.keySet().removeAll(normalisation.get().names());
            }
            network = Classifier.of(whole, image, classes, 0);
            var mapping = new NameMapping(whole, network.layers().all());
            mapping.leave(copies);
            arrays.forEach(mapping::take);
            content.unread().forEach(mapping::leave);
            String plan = whole + " with " + classes + " classes";
            WeightFit.require(network.layers().all(), mapping.weights(), "it does not fit " + plan);
            WeightFit.requireFinite(mapping.weights());
            network.layers().set(mapping.weights());
            List<String> changes = new ArrayList<>(mapping.changes());
            if (!content.others().isEmpty()) {
                changes.add("taken before " + WeightFit.some(content.others()));
            }
            normalisation.ifPresent(n -> changes.add("normalisation from " + String.join(" and ", n.names())));
            Classifier imported = network.as(
                    architecture.label(),
                    new Classifier.Imported(
                            whole,
                            String.valueOf(file.getFileName()),
                            Sha256.of(file),
                            content.format(),
                            content.metadata().getOrDefault("part", ""),
                            changes));
            return Classifier.described(imported, content);
        } catch (IllegalArgumentException e) {
            if (network != null) {
                network.close();
            }
            throw new IllegalArgumentException(
                    "The weight file " + file + " cannot be taken: " + FileSignature.why(e) + ".", e);
        } catch (RuntimeException | Error e) {
            if (network != null) {
                network.close();
            }
            throw e;
        }
    }

    /** A file of this kit keeps its normalisation in its description, which must then be the one given. */
    static Architecture own(WeightContent content, Architecture architecture) {
        String saved = content.metadata().get(WeightSeal.ARCHITECTURE);
        if (saved == null) {
            return architecture;
        }
        Description then = Description.parse(saved);
        Description now = Description.of(architecture);
        if (!then.essence().equals(now.essence()) || !CellSource.agrees(then, now)) {
            throw new IllegalArgumentException("it is of this kit and of another architecture than " + architecture
                    + ", namely " + then.brief()
                    + "; "
                    + (then.repeatable() ? "load it by its name alone, Classifier.load(file)" : "give that one"));
        }
        return architecture;
    }

    /** Writes weights under PyTorch's names, the normalisation as RobustBench's {@code normalize_model} has it. */
    static void save(Path file, Classifier network) {
        Map<String, NDArray> weights = network.layers().all();
        Map<String, String> about = Map.of("format", "pt");
        if (!(network.architecture() instanceof Normalised plan)) {
            Weights.write(file, weights, about);
            return;
        }
        if (plan.network() instanceof Normalised) {
            throw new IllegalArgumentException("A network that normalises twice has no form in PyTorch; join the two: "
                    + network.architecture() + ".");
        }
        try (var manager = Torch.manager().newSubManager()) {
            var all = new LinkedHashMap<String, NDArray>();
            NDArray mean = Normalised.values(plan.mean());
            NDArray deviation = Normalised.values(plan.deviation());
            mean.attach(manager);
            deviation.attach(manager);
            all.put(MEAN, mean);
            all.put(DEVIATION, deviation);
            weights.forEach((name, array) -> all.put(INNER + name, array));
            Weights.write(file, all, about);
        }
    }
}
