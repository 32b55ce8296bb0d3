package ardent.train;

import ardent.data.DataException;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.provenance.CellSource;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.Map;

/**
 * A run as it was begun, read from its folder; writes nothing.
 *
 * @param path the folder
 * @param charter what the run is
 */
record Begun(Path path, Description charter) {
    static Begun at(Path path) {
        RunFolder.require(path);
        return new Begun(path, Sealed.read(path.resolve(RunFolder.CHARTER)));
    }

    /**
     * The parts to begin the run again: those given, which must be the same, the others built from the description.
     *
     * @throws IllegalArgumentException in one sentence, if a part cannot be built, is missing, damaged or another one
     */
    Runs.Parts parts(Runs.Given given) {
        var plan = (Plan) charter.part("plan").rebuild();
        return new Runs.Parts(architecture(given), method(given), images(given), plan);
    }

    private Images images(Runs.Given given) {
        var origin = (Origin) charter.part("data").rebuild();
        Images images = given.data() == null ? recalled(origin) : given.data();
        if (!images.origin().equals(origin)) {
            throw new IllegalArgumentException("The images given are " + images.origin() + ", and the run " + path
                    + " was begun with " + origin + ": the same files and choices are needed.");
        }
        return images;
    }

    private Images recalled(Origin origin) {
        try {
            return Recall.of(origin);
        } catch (DataException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + " To go on with the run " + path + ", give them: resume(path, images).", e);
        }
    }

    private Architecture architecture(Runs.Given given) {
        Description then = charter.part("architecture");
        if (given.architecture() == null) {
            return (Architecture) then.rebuild();
        }
        if (!Description.of(given.architecture()).equals(then)) {
            throw new IllegalArgumentException("The architecture given is " + given.architecture() + ", and the run "
                    + path + " was begun with another one.");
        }
        return given.architecture();
    }

    private Method method(Runs.Given given) {
        Description then = charter.part("method");
        if (given.method() != null) {
            requireSame(then, given.method());
            return given.method();
        }
        if (!then.repeatable()) {
            throw new IllegalArgumentException(
                    "The method of the run " + path + " was defined in a notebook cell or holds"
                            + " a lambda, so it cannot be built from its description: give it again, as in"
                            + " resume(path, method) or reproduce(path, method); its source is in run.json.");
        }
        return (Method) then.rebuild(this::revive);
    }

    private Object revive(Record origin, Class<?> wanted) {
        if (origin instanceof Keepsake keepsake && wanted.isAssignableFrom(Classifier.class)) {
            Path file = path.resolve(keepsake.file());
            Checkpoint.requireHash(file, keepsake.sha256());
            return Classifier.load(file);
        }
        throw new IllegalArgumentException("The run " + path + " holds no weights of the " + wanted.getSimpleName()
                + " in its method: give the method again, resume(path, method).");
    }

    /** Refuses a method that is not the one the run was begun with, naming where they differ. */
    private void requireSame(Description then, Method method) {
        Description now = Description.of(method, Begun::hashed);
        if (!now.root().text().equals(then.root().text())) {
            throw new IllegalArgumentException(
                    "The method given is " + now.root().text() + ", and the run " + path + " was begun with "
                            + then.root().text() + ".");
        }
        Map<String, String> given = now.flat();
        then.flat().forEach((name, value) -> {
            boolean source = name.equals(CellSource.KEY) || name.endsWith("." + CellSource.KEY);
            // The same class from a jar, or where no kernel tells, has no source that could differ.
            if (source && given.containsKey(name) && !value.equals(given.get(name))) {
                throw new IllegalArgumentException("The source of the method given differs from the one the run " + path
                        + " was begun with: define it as run.json there has it, or train anew.");
            }
        });
        then.essence().flat().forEach((name, value) -> { // a teacher that was trained once more is the same
            boolean place = name.endsWith(".file") || name.endsWith(".sha256");
            if (!place && !value.equals(given.get(name))) {
                throw new IllegalArgumentException("The method given differs from the one the run " + path
                        + " was begun with: " + name + " was " + value + " and is " + given.get(name) + ".");
            }
        });
    }

    private static Record hashed(Described described) {
        return described instanceof Classifier teacher ? keepsake(teacher, "", "") : described.origin();
    }

    static Keepsake keepsake(Classifier teacher, String file, String hash) {
        String weights = Weights.sha256(teacher.layers().all());
        return new Keepsake(file, hash, weights, teacher.name(), Description.of(teacher.origin()));
    }

    /** Notes what keeps weights from being equal to the last byte. */
    void compare(Notes notes) {
        var begun = (Environment) charter.part("environment").rebuild();
        if (begun.threads() != Torch.threads()) {
            notes.add("The run was begun with " + begun.threads() + " threads an operation and went on with "
                    + Torch.threads() + ": its weights can differ in rounding from those of a run in one go.");
        }
        String engine = Torch.version();
        if (!begun.engine().equals(engine)) {
            notes.add("The run was begun with " + begun.engine() + " and went on with " + engine
                    + ": its weights can differ in rounding from those of a run in one go.");
        }
    }
}
