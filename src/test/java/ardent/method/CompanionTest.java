package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Tiny;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What a run keeps beside its student, what a step remembers, and the numbers that methods move. */
class CompanionTest {
    private static final Images DATA = Tiny.images(8, 1);

    private static Layers.Layer linear(Companion companion, String name) {
        return companion.layers(name, net -> net.linear("linear", 2, 3));
    }

    @Test
    void whatIsRestoredIsTakenOnFirstUse() {
        try (Companion first = new Companion(DATA, Noise.of(1));
                Companion second = new Companion(DATA, Noise.of(2))) {
            assertThat(first.data()).isSameAs(DATA);
            Layers.Layer layer = linear(first, "a");
            assertThat(linear(first, "a")).isSameAs(layer);
            assertThat(linear(first, "b")).isNotSameAs(layer);
            Mtard.Balance balance = first.recall("balance", Mtard.Balance::new);
            balance.set(0.7, 2, 3);
            assertThat(first.recall("balance", Mtard.Balance::new)).isSameAs(balance);
            assertThat(first.memories()).containsOnlyKeys("balance");
            assertThat(first.weights()).containsOnlyKeys("a", "b");

            second.restore(first.weights(), first.numbers());
            assertThat(second.layers()).isEmpty();
            assertThat(second.weights()).containsOnlyKeys("a", "b");
            assertThat(second.numbers().get("balance")).containsExactly(0.7, 2, 3);
            linear(second, "b");
            assertThat(weight(second, "b")).isEqualTo(weight(first, "b")).isNotEqualTo(weight(first, "a"));
            assertThat(second.recall("balance", Mtard.Balance::new).numbers()).containsExactly(0.7, 2, 3);
            second.recall("balance", Mtard.Balance::new).set(0.1, 1, 1);
            assertThat(second.numbers().get("balance")).containsExactly(0.1, 1, 1);
            assertThat(weight(second, "a")).isEqualTo(weight(first, "a"));
        }
    }

    private static float[] weight(Companion companion, String name) {
        return companion.weights().get(name).get("linear.weight").toFloatArray();
    }

    @Test
    void closingClosesLayers() {
        Companion companion = new Companion(DATA, Noise.of(1));
        linear(companion, "a");
        NDArray weight = companion.weights().get("a").get("linear.weight");
        companion.close();
        assertThat(((ai.djl.pytorch.engine.PtNDArray) weight).isReleased()).isTrue();
    }

    @Test
    void aTeacherIsAskedOnceForTheSameImages() {
        try (Classifier student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 0);
                Classifier teacher = Classifier.of(new SmallCnn(3), DATA.shape(), 4, 1);
                Companion companion = new Companion(DATA, Noise.of(1));
                NDArray images = DATA.pixels(Torch.manager());
                NDArray labels = DATA.labels(Torch.manager())) {
            var asked = new ArrayList<NDArray>();
            Network bare = x -> {
                asked.add(x);
                return student.logits(x);
            };
            Step step = new Step(student, images, labels, 0, Noise.of(1), companion);
            NDArray answer = step.ask(bare, images);
            assertThat(step.ask(bare, images)).isSameAs(answer);
            step.ask(bare, images.duplicate());
            step.ask(x -> bare.logits(x), images);
            assertThat(asked).hasSize(3);
            assertThat(step.outputs(teacher, images)).isSameAs(step.outputs(teacher, images));
            assertThat(step.outputs(teacher, images).features().getShape().get(1))
                    .isNotEqualTo(4);
            assertThat(step.ask(teacher, images))
                    .isSameAs(step.outputs(teacher, images).logits());
            assertThat(step.views()).isEmpty();
            NDArray learnt = Tape.quiet(() -> step.learn(images));
            assertThat(step.views()).hasSize(1);
            assertThat(step.views().get(0).outputs().logits()).isSameAs(learnt);
        }
    }

    @Test
    void weightsOfTeachersMoveToTheOneThatLags() {
        var balance = new Mtard.Balance();
        assertThat(balance.move(2, 4, 0.1, 1)).isEqualTo(0.5);
        // r = 3/2 and 1: the goal is 0.6.
        assertThat(balance.move(3, 4, 0.1, 1)).isCloseTo(0.51, within(1e-12));
        // r² = 1/4 and 1: the goal is 0.2.
        assertThat(balance.move(1, 4, 0.5, 2)).isCloseTo(0.355, within(1e-12));
        assertThat(balance.move(0, 0, 0.5, 1)).isCloseTo(0.355, within(1e-12));
        assertThat(balance.natural()).isEqualTo(balance.numbers()[0]);
        assertThat(balance.numbers()).containsExactly(balance.natural(), 2, 4);
    }

    @Test
    void ratesDropAtTheAuthorsEpochs() {
        assertThat(Mtard.Balance.rate(1, Math.nextDown(215 / 300.0))).isEqualTo(1);
        assertThat(Mtard.Balance.rate(1, 215 / 300.0)).isEqualTo(0.1);
        assertThat(Mtard.Balance.rate(1, 260 / 300.0)).isCloseTo(0.01, within(1e-15));
        assertThat(Mtard.Balance.rate(1, 285 / 300.0)).isCloseTo(0.001, within(1e-15));
    }

    @Test
    void temperaturesMoveTowardsEqualEntropiesAndStayInRange() {
        var heat = new BMtard.Heat(5, 6);
        // Terms are negative entropies: the natural teacher is surer of itself and gets warmer.
        heat.move(-0.1, -0.2, 0.5);
        assertThat(heat.numbers()).containsExactly(5.5, 5.5);
        heat.move(-0.2, -0.2, 0.5);
        assertThat(heat.numbers()).containsExactly(5.5, 5.5);
        heat.move(0, 0, 0.5);
        assertThat(heat.numbers()).containsExactly(5.5, 5.5);
        heat.set(1.2, 9.8);
        heat.move(-0.2, -0.1, 0.5);
        assertThat(heat.natural()).isEqualTo(1);
        assertThat(heat.robust()).isEqualTo(10);
    }

    @Test
    void aLossIsTheSumOfItsTermsInOrder() {
        NDArray one = Torch.array(new float[] {1}, new Shape(1));
        NDArray two = Torch.array(new float[] {2}, new Shape(1));
        Terms terms = Terms.of("a", one).and("b", two).and(Terms.of("c", two)).and(Terms.none());
        assertThat(terms.list()).extracting(Terms.Term::name).containsExactly("a", "b", "c");
        assertThat(terms.total().getFloat()).isEqualTo(5);
        assertThat(Terms.scaled(two, 1.5).getFloat()).isEqualTo(3);
    }
}
