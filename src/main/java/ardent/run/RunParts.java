package ardent.run;

import ardent.data.Images;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.provenance.Arguments;
import ardent.train.Plan;
import ardent.train.RunSetup;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a run is made of; what its description has to build is built when it is asked for. */
public final class RunParts {
    private final Supplier<Architecture> architecture;
    private final Supplier<Method> method;
    private final Supplier<Images> data;
    private final Plan plan;
    private final List<Classifier> opened;

    /**
     * Parts that are there.
     *
     * @param architecture what to train
     * @param method how
     * @param data on what
     * @param plan for how long
     */
    public RunParts(Architecture architecture, Method method, Images data, Plan plan) {
        this(() -> architecture, () -> method, () -> data, plan, List.of());
        Arguments.given("architecture, method, data, plan", architecture, method, data, plan);
    }

    /** Parts that are built once they are asked for, and the networks that are opened for it. */
    public RunParts(
            Supplier<Architecture> architecture,
            Supplier<Method> method,
            Supplier<Images> data,
            Plan plan,
            List<Classifier> opened) {
        this.architecture = architecture;
        this.method = method;
        this.data = data;
        this.plan = plan;
        this.opened = opened;
    }

    /**
     * What to train.
     *
     * @return the architecture
     * @throws IllegalArgumentException in one sentence, if its description cannot build it
     */
    public Architecture architecture() {
        return architecture.get();
    }

    /**
     * How to train.
     *
     * @return the method; its teachers hold memory until they, or these parts, are closed
     * @throws IllegalArgumentException in one sentence, if its description cannot build it, or a teacher is missing,
     *     damaged or another one
     */
    public Method method() {
        return method.get();
    }

    /**
     * On what to train.
     *
     * @return the images
     * @throws IllegalArgumentException in one sentence, if they are not found or other ones
     */
    public Images data() {
        return data.get();
    }

    /**
     * For how long to train.
     *
     * @return the plan
     */
    public Plan plan() {
        return plan;
    }

    /**
     * These parts as they are given to a run that goes on.
     *
     * @return the parts that a description may not build
     */
    public Given given() {
        return new Given(architecture(), method(), data());
    }

    /**
     * With another architecture.
     *
     * @param architecture what to train
     * @return changed parts
     */
    public RunParts architecture(Architecture architecture) {
        return new RunParts(() -> architecture, method, data, plan, opened);
    }

    /**
     * With another method.
     *
     * @param method how
     * @return changed parts
     */
    public RunParts method(Method method) {
        return new RunParts(architecture, () -> method, data, plan, opened);
    }

    /**
     * With other images.
     *
     * @param data on what
     * @return changed parts
     */
    public RunParts data(Images data) {
        return new RunParts(architecture, method, () -> data, plan, opened);
    }

    /**
     * With another plan.
     *
     * @param plan for how long
     * @return changed parts
     */
    public RunParts plan(Plan plan) {
        return new RunParts(architecture, method, data, plan, opened);
    }

    /**
     * What a run of these parts is that begins now.
     *
     * @return its description
     */
    public RunSetup description() {
        return RunSetup.of(architecture(), method(), data().origin(), plan);
    }

    /** Frees the teachers that were loaded for these parts from the folder of a run. */
    public void close() {
        opened.forEach(Classifier::close);
    }

    /**
     * Parts of a run that are given again, since a description cannot build them.
     *
     * @param architecture what is trained, or null as described
     * @param method how, or null as described
     * @param data on what, or null as described
     */
    public record Given(
            @Nullable Architecture architecture,
            @Nullable Method method,
            @Nullable Images data) {
        /** Nothing: all is as described. */
        public static final Given NOTHING = new Given(null, null, null);
    }
}
