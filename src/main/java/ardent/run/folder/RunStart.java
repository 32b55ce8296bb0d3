package ardent.run.folder;

import ardent.data.DataException;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.Recall;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.provenance.CellSource;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import ardent.provenance.Node;
import ardent.run.RunParts;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.RunSetup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A run as it was begun, read from its folder; writes nothing.
 *
 * @param path the folder
 * @param setup what the run is
 */
public record RunStart(Path path, Description setup) {
    private static final String ARCHITECTURE = "architecture";
    private static final String METHOD = "method";
    private static final String DATA = "data";

    public static RunStart at(Path path) {
        RunFolder.require(path);
        Path file = Folder.inside(path, RunFolder.SETUP);
        Description setup = SealedRecords.read(file);
        for (String part : List.of("architecture", "method", "data", "plan", "environment")) {
            if (!(setup.root() instanceof Node.Fields fields) || !(fields.part(part) instanceof Node.Fields)) {
                throw new IllegalArgumentException(
                        "The file " + file + " is intact but does not describe a run: " + part + " is missing.");
            }
        }
        return new RunStart(path, setup);
    }

    /** What a run of these parts is begun with, except for the files of its teachers; {@code known} remembers their hashes. */
    public static Description description(RunParts parts, Map<Described, Record> known) {
        return Description.of(parts.description(), described -> known.computeIfAbsent(described, RunStart::hashed));
    }

    /**
     * The parts to begin the run again: those given, which must be the same, the others built from the description once they
     * are asked for, which may be refused in one sentence.
     *
     * @param verb what takes parts that are missing
     */
    public RunParts parts(RunParts.Given given, String verb) {
        requireClassifier("of a recommender or a ranker, resume(path, data) and reproduce(path, data) take its data");
        var plan = (Plan) setup.part("plan").rebuild();
        var opened = new ArrayList<Classifier>();
        return new RunParts(
                once(() -> architecture(given, verb)),
                once(() -> method(given, verb, opened)),
                once(() -> images(given, verb)),
                plan,
                opened);
    }

    /** Refuses the run of something else, and says how that is. */
    public void requireClassifier(String otherwise) {
        if (!RunSetup.ofClassifier(setup)) {
            throw new IllegalArgumentException("The run " + path + " is not one of a classifier: " + otherwise + ".");
        }
    }

    private static <T> Supplier<T> once(Supplier<T> building) {
        return new Supplier<>() {
            private @Nullable T built;

            @Override
            public T get() {
                T known = built == null ? building.get() : built;
                built = known;
                return known;
            }
        };
    }

    /** The call that gives a part and whatever else of this run no description builds. */
    private String call(String verb, String part, RunParts.Given given) {
        boolean architecture = part.equals(ARCHITECTURE) || given.architecture() != null || !told(ARCHITECTURE);
        boolean method = part.equals(METHOD) || given.method() != null || !told(METHOD);
        boolean images = part.equals(DATA) || given.data() != null || !Recall.knows(origin());
        if (!architecture && !images) {
            return verb + (verb.equals("rerun") ? "(path, run -> run.method(method))" : "(path, method)");
        }
        if (!architecture && !method) {
            return verb + "(path, images)";
        }
        String all = verb + "(path, architecture, method, images)";
        boolean alone = part.equals(ARCHITECTURE) || verb.equals("rerun");
        return alone
                ? all
                : all + ", because " + verb + "(path, " + (part.equals(DATA) ? "images" : part)
                        + ") does not give all that is missing";
    }

    private boolean told(String part) {
        return setup.part(part).repeatable();
    }

    private Origin origin() {
        return (Origin) setup.part(DATA).rebuild();
    }

    private Images images(RunParts.Given given, String verb) {
        Origin origin = origin();
        Images images = given.data();
        if (images == null) {
            try {
                return Recall.of(origin);
            } catch (DataException e) {
                throw new IllegalArgumentException(
                        e.getMessage() + " The run " + path + " takes them by " + call(verb, DATA, given) + ".", e);
            }
        }
        return Recall.from(images, origin)
                .orElseThrow(() -> new IllegalArgumentException(
                        "The images given are not those that the run " + path + " was begun with, " + origin + ": "
                                + Recall.difference(images.origin(), origin)
                                + "; the same files and choices are needed."));
    }

    private Architecture architecture(RunParts.Given given, String verb) {
        Description then = setup.part(ARCHITECTURE);
        Architecture architecture = given.architecture();
        if (architecture == null) {
            return (Architecture) built(then, ARCHITECTURE, given, verb, List.of());
        }
        Description now = Description.of(architecture);
        requireSource(then, now, ARCHITECTURE);
        if (!now.essence().equals(then.essence())) {
            throw new IllegalArgumentException("The architecture given is " + now.brief() + ", and the run " + path
                    + " was begun with " + then.brief() + ".");
        }
        return architecture;
    }

    private Method method(RunParts.Given given, String verb, List<Classifier> opened) {
        Description then = setup.part(METHOD);
        Method method = given.method();
        if (method == null) {
            return (Method) built(then, METHOD, given, verb, opened);
        }
        requireSame(then, method);
        return method;
    }

    /** Builds a part from its description, or says how to give it. */
    private Record built(Description then, String part, RunParts.Given given, String verb, List<Classifier> opened) {
        if (!then.complete()) {
            throw new IllegalArgumentException("The " + part + " of the run " + path
                    + " was defined in a notebook cell or holds a lambda, so it cannot be built from its description: give"
                    + " it again, as in " + call(verb, part, given) + "; its source is in run.json.");
        }
        try {
            return then.rebuild((origin, wanted) -> revive(origin, wanted, opened));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + " Give the " + part + " of the run " + path + " again: " + call(verb, part, given)
                            + ".",
                    e);
        }
    }

    private Object revive(Record origin, Class<?> wanted, List<Classifier> opened) {
        if (origin instanceof KeptWeights keepsake && wanted.isAssignableFrom(Classifier.class)) {
            Path file = Folder.inside(path, keepsake.file());
            SealedRecords.requireHash(file, keepsake.sha256());
            Classifier teacher = Classifier.load(file);
            opened.add(teacher);
            return teacher;
        }
        throw new IllegalArgumentException(
                "The run " + path + " holds no weights of the " + wanted.getSimpleName() + " in its method.");
    }

    private void requireSource(Description then, Description now, String part) {
        if (!CellSource.agrees(then, now)) {
            throw new IllegalArgumentException("The source of the " + part + " given differs from the one the run "
                    + path + " was begun with: define it as in that run's run.json, or train again.");
        }
    }

    /** Refuses a method that is not the one the run was begun with, naming where they differ. */
    private void requireSame(Description then, Method method) {
        Description now = Description.of(method, RunStart::hashed);
        String type = now.essence().root().text(); // not what a program calls a lambda
        String begun = then.essence().root().text();
        if (!type.equals(begun)) {
            throw new IllegalArgumentException(
                    "The method given is " + type + ", and the run " + path + " was begun with " + begun + ".");
        }
        requireSource(then, now, METHOD);
        Map<String, String> was = then.essence().flat();
        Map<String, String> given = now.essence().flat();
        var names = new LinkedHashSet<>(was.keySet());
        names.addAll(given.keySet());
        for (String name : names) {
            String before = was.get(name);
            if (!Objects.equals(before, given.get(name)) && !isPlace(name, was)) {
                throw new IllegalArgumentException("The method given differs from the one the run " + path
                        + " was begun with: "
                        + (before == null
                                ? "it had no " + name
                                : given.get(name) == null
                                        ? "its " + name + " is missing"
                                        : name + " was " + before + " and is " + given.get(name))
                        + ".");
            }
        }
    }

    /** Whether a value only says where weights or a program lay whose hash is compared. */
    private static boolean isPlace(String name, Map<String, String> known) {
        String weights = name.replaceFirst("\\.origin\\..*", ".weights");
        boolean ofWeights = !weights.equals(name) && known.containsKey(weights);
        return (name.endsWith(".sha256") && ofWeights)
                || (name.endsWith(".file") && (ofWeights || known.containsKey(name.replaceFirst("file$", "sha256"))));
    }

    private static Record hashed(Described described) {
        return described instanceof Classifier teacher ? KeptWeights.of(teacher, "", "") : described.origin();
    }

    /** Notes what keeps weights from being equal to the last byte. */
    public void compare(Set<String> notes) {
        var begun = (Environment) setup.part("environment").rebuild();
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
