package ardent.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.data.Images;
import ardent.network.Layers;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one training run keeps beside the student: layers trained with it and dropped afterwards, and numbers that a
 * method remembers from step to step.
 */
public final class Companion implements AutoCloseable {
    private final Images data;
    private final Noise noise;
    private final Map<String, Layers> layers = new LinkedHashMap<>();
    private final Map<String, Object> users = new LinkedHashMap<>();
    private final Map<String, Memory> memories = new LinkedHashMap<>();
    private final IdentityHashMap<Object, String> owners = new IdentityHashMap<>();
    private final Map<String, Map<String, NDArray>> weightsToCome = new LinkedHashMap<>();
    private final Map<String, double[]> numbersToCome = new LinkedHashMap<>();
    private @Nullable Restoring restoring;

    /**
     * What puts things back as they were.
     *
     * @param owner of copies
     * @param all what is to be done
     */
    private record Restoring(NDManager owner, List<Runnable> all) {
        void keep(Layers layers) {
            Map<String, NDArray> before = layers.copy(owner);
            all.add(() -> layers.set(before));
        }

        void keep(Memory memory) {
            double[] before = memory.numbers().clone();
            all.add(() -> memory.set(before));
        }
    }

    /**
     * Nothing yet.
     *
     * @param data the training images
     * @param noise where first weights are drawn
     */
    public Companion(Images data, Noise noise) {
        this.data = data;
        this.noise = noise;
    }

    /**
     * The training images, for what a method measures on them once.
     *
     * @return the images
     */
    public Images data() {
        return data;
    }

    /**
     * Layers made on first use; the loop trains their weights from then on.
     *
     * @param <T> what uses the layers
     * @param name their name within the run
     * @param maker registers weights in empty layers and returns what uses them
     * @return what the maker returned on first use
     */
    @SuppressWarnings("unchecked") // a name is used for one type only, by the method that chose it
    public <T> T layers(String name, Function<Layers, T> maker) {
        Object known = users.get(name);
        if (known == null) {
            Layers fresh = new Layers(noise.fork(name.hashCode()).seed());
            layers.put(name, fresh);
            known = Tape.quiet(() -> maker.apply(fresh));
            users.put(name, known);
            if (weightsToCome.containsKey(name)) {
                fresh.set(Objects.requireNonNull(weightsToCome.remove(name)));
            }
            if (restoring != null) {
                restoring.keep(fresh);
            }
        }
        return (T) known;
    }

    /**
     * Something a method remembers for the run.
     *
     * @param <T> its type
     * @param name its name within the run
     * @param maker makes it on first use
     * @return the same object on every use
     */
    @SuppressWarnings("unchecked") // a name is used for one type only, by the method that chose it
    public <T extends Memory> T recall(String name, Supplier<T> maker) {
        Memory known = memories.get(name);
        if (known == null) {
            known = maker.get();
            memories.put(name, known);
            if (numbersToCome.containsKey(name)) {
                known.set(Objects.requireNonNull(numbersToCome.remove(name)));
            }
            if (restoring != null) {
                restoring.keep(known);
            }
        }
        return (T) known;
    }

    /**
     * Something that is remembered of a teacher for the run.
     *
     * @param <T> its type
     * @param owner whose it is; each has its own
     * @param name tells the owner from others within the run, also when it is loaded anew; asked on first use only
     * @param maker makes it on first use
     * @return the same object on every use
     */
    public <T extends Memory> T recall(Object owner, Supplier<String> name, Supplier<T> maker) {
        return recall(owners.computeIfAbsent(owner, none -> name.get()), maker);
    }

    /**
     * Does something and puts layers and memories back as they were before; those that it made stay as they were made.
     *
     * @param work what is to be done; it does not train the layers
     */
    public void restoring(Runnable work) {
        try (NDManager owner = Torch.manager().newSubManager()) {
            var before = new Restoring(owner, new ArrayList<>());
            layers.values().forEach(before::keep);
            memories.values().forEach(before::keep);
            restoring = before;
            work.run();
            before.all().forEach(Runnable::run);
        } finally {
            restoring = null;
        }
    }

    /**
     * All that is remembered so far.
     *
     * @return memories by name
     */
    public Map<String, Memory> memories() {
        return memories;
    }

    /**
     * All layers made so far.
     *
     * @return layers by name
     */
    public Map<String, Layers> layers() {
        return layers;
    }

    /**
     * All weights and buffers of all layers, also of those that a resumed run has not used yet.
     *
     * @return arrays by name, by name of the layers; owned by the layers, or by who restored them
     */
    public Map<String, Map<String, NDArray>> weights() {
        var all = new LinkedHashMap<>(weightsToCome);
        layers.forEach((name, net) -> all.put(name, net.all()));
        return all;
    }

    /**
     * All numbers that are remembered, also those that a resumed run has not asked for yet.
     *
     * @return numbers by name
     */
    public Map<String, double[]> numbers() {
        var all = new LinkedHashMap<>(numbersToCome);
        memories.forEach((name, memory) -> all.put(name, memory.numbers()));
        return all;
    }

    /**
     * Goes on where another run was: layers and memories take these values when the method first uses them.
     *
     * @param weights as {@link #weights} gave them; they must stay open until then
     * @param numbers as {@link #numbers} gave them
     */
    public void restore(Map<String, Map<String, NDArray>> weights, Map<String, double[]> numbers) {
        weightsToCome.putAll(weights);
        numbersToCome.putAll(numbers);
    }

    @Override
    public void close() {
        layers.values().forEach(Layers::close);
    }
}
