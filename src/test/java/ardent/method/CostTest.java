package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Outputs;
import ardent.network.SmallCnn;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The table of costs in the README of the methods, measured: forwards and backwards of student and teachers in one step. */
class CostTest {
    private static final Images DATA = Tiny.images(40, 1);

    /** Forwards and backwards of one network. */
    private static final class Count {
        private final List<NDArray> probes = new ArrayList<>();
        private int forwards;
        private int backwards;

        /** Adds a zero that tells afterwards whether a gradient came by. */
        Outputs watch(NDArray images, Outputs outputs) {
            forwards++;
            if (!Tape.isOpen()) {
                return outputs;
            }
            backwards +=
                    images.hasGradient() ? 1 : 0; // it asks for the gradient of these images, and maybe for no more
            // One for each class: the gradient of a divergence sums to 0 over the classes, sometimes exactly.
            NDArray probe = Torch.keep(
                    Torch.manager().zeros(new Shape(outputs.logits().getShape().get(1))));
            probe.setRequiresGradient(true);
            probes.add(probe);
            return new Outputs(
                    outputs.features().add(probe.sum()), outputs.logits().add(probe));
        }

        String result() {
            for (NDArray probe : probes) {
                try (NDArray gradient = probe.getGradient()) {
                    backwards += gradient.abs().sum().getFloat() != 0 ? 1 : 0;
                }
                probe.close();
            }
            return forwards + " / " + backwards;
        }
    }

    /** A network that counts. */
    private record Counting(Architecture plan, Count count) implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            Body body = plan.build(net, image, classes);
            return (images, training) -> count.watch(images, body.apply(images, training));
        }
    }

    @Test
    void theReadmeTellsWhatAStepCosts() throws IOException {
        var told = new TreeMap<String, String>();
        for (String line : Files.readAllLines(Path.of("src/main/java/ardent/method/README.md"))) {
            String[] cells = line.split("\\|");
            if (line.startsWith("| `") && cells.length == 8) {
                told.put(cells[1].split("`")[1], cells[5].strip() + " · " + cells[6].strip());
            }
        }
        var measured = new TreeMap<String, String>();
        for (Class<?> type : MethodContractTest.types()) {
            var student = new Count();
            var teachers = new Count();
            measured.put(type.getSimpleName(), cost(type, student, teachers));
        }
        assertThat(told).isEqualTo(measured);
    }

    private static String cost(Class<?> type, Count student, Count teachers) {
        var asked = new ArrayList<Classifier>();
        try (var learner = Classifier.of(new Counting(new SmallCnn(2), student), DATA.shape(), 4, 3);
                var companion = new Companion(DATA, Noise.of(0));
                var manager = Torch.manager().newSubManager()) {
            Method method = MethodContractTest.make(
                    type,
                    () -> {
                        var teacher = Classifier.of(new Counting(new SmallCnn(4), teachers), DATA.shape(), 4, 9);
                        teacher.freeze(true);
                        asked.add(teacher);
                        return teacher;
                    },
                    new Linf(0.05f));
            int[] all = java.util.stream.IntStream.range(0, 8).toArray();
            var step = new Step(
                    learner, DATA.pixels(manager, all), DATA.labels(manager, all), 0.5, Noise.of(1), companion);
            Objective objective = Tape.quiet(() -> method.prepare(step));
            Tape.record(() -> objective.value().total());
            return student.result() + " · " + teachers.result();
        } finally {
            asked.forEach(Classifier::close);
        }
    }
}
