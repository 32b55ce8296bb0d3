package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TermsTest {
    /** The memory of a Java number could be gone by then, and the gradient wrong. */
    @Test
    void aScaledTermHasTheGradientOfAProductAlsoAfterACollection() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = manager.create(new float[] {1, -2, 3});
            weight.setRequiresGradient(true);
            for (int step = 0; step < 20; step++) {
                double scale = 0.25 * step;
                float loss = Tape.record(() -> {
                    NDArray value = Terms.scaled(weight.mul(weight).sum(), scale);
                    System.gc();
                    for (int i = 0; i < 100; i++) {
                        ByteBuffer.allocateDirect(64).putFloat(0, 1e9f);
                    }
                    return value;
                });
                assertThat(loss).isEqualTo((float) (14 * scale));
                try (NDArray gradient = weight.getGradient()) {
                    assertThat(gradient.toFloatArray())
                            .containsExactly((float) (2 * scale), (float) (-4 * scale), (float) (6 * scale));
                }
                weight.getGradient().subi(weight.getGradient());
            }
        }
    }

    @Test
    void itsConstantsDoNotPileUp() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray value = manager.ones(new Shape(2, 2));
            int held = held(manager);
            for (int step = 0; step < 50; step++) {
                double scale = 1e-3 * step + 1e-7;
                Tape.free(() ->
                        assertThat(Terms.scaled(value, scale).toFloatArray()).containsOnly((float) scale));
            }
            assertThat(held(manager)).isEqualTo(held);
        }
    }

    private static int held(NDManager manager) {
        return manager.getManagedArrays().size()
                + Torch.manager().getManagedArrays().size();
    }

    @Test
    void aLossIsTheSumOfItsTermsInOrder() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            Terms terms = Terms.of("one", manager.create(1f))
                    .and("two", manager.create(2f))
                    .and(Terms.of("three", manager.create(3f)));
            assertThat(terms.list()).extracting(Terms.Term::name).containsExactly("one", "two", "three");
            assertThat(terms.total().getFloat()).isEqualTo(6);
            NDArray several = manager.create(new float[] {1, 2});
            assertThatThrownBy(() -> terms.and("each", several)).hasMessageContaining("take its mean() first");
        }
    }

    /** Names are cells of tables that are written by commas and lines. */
    @Test
    void aNameThatTablesCannotHoldIsRefused() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray one = manager.create(1f);
            for (String name : new String[] {"KL, clean", "\"KL\"", "KL\nclean", "KL\rclean", "learning rate"}) {
                assertThatThrownBy(() -> Terms.of("clean", one).and(name, one))
                        .hasMessageStartingWith(
                                "A term of the loss cannot be called \"" + name + "\" in the tables of a run");
            }
            assertThat(Terms.of("rate · λ = ½; x'", one).list()).hasSize(1);
        }
    }
}
