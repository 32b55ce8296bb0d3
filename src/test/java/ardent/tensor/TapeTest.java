package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TapeTest {
    @Test
    void gradientsOfImagesLeaveWeightsAlone() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = manager.full(new Shape(2), 3f);
            weight.setRequiresGradient(true);
            NDArray x = manager.ones(new Shape(2));
            assertThat(Tape.gradient(x, z -> z.mul(z).mul(weight)).toFloatArray())
                    .containsExactly(6, 6);
            assertThat(weight.getGradient().toFloatArray()).containsExactly(0, 0);
        }
    }

    /** Autograd gives the gradient of a sum as one number seen many times, which cannot be overwritten as APGD does. */
    @Test
    void gradientsOfSumsAreArraysOfTheirOwn() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray x = manager.ones(new Shape(2, 3));
            NDArray gradient = Tape.gradient(x, NDArray::sum);
            gradient.set(new NDIndex("1, 2"), 5f);
            assertThat(gradient.toFloatArray()).containsExactly(1, 1, 1, 1, 1, 5);
            NDArray other =
                    Tape.differentiate(x, z -> new NDList(z.sum(new int[] {1}))).head();
            other.set(new NDIndex("0, 0"), 7f);
            assertThat(other.toFloatArray()).containsExactly(7, 1, 1, 1, 1, 1);
        }
    }

    /** y = w·x³, ∂y/∂x = 3wx², and the loss (3wx²)² + y has ∂/∂w = 18wx⁴ + x³: at x = 2, w = 3 it is 872. */
    @Test
    void aLossOfAGradientIsDifferentiatedExactly() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = manager.full(new Shape(1), 3f);
            weight.setRequiresGradient(true);
            NDArray x = manager.full(new Shape(1), 2f);
            float loss = Tape.record(() -> {
                var told = Tape.slope(x, z -> new NDList(z.mul(z).mul(z).mul(weight)));
                return told.get(0).mul(told.get(0)).add(told.get(1)).sum();
            });
            assertThat(loss).isEqualTo(36 * 36 + 24);
            assertThat(weight.getGradient().toFloatArray()).containsExactly(872);
            int before = Torch.manager().getManagedArrays().size();
            for (int i = 0; i < 50; i++) {
                Tape.record(() -> Tape.slope(x, z -> new NDList(z.mul(z).mul(weight)))
                        .head()
                        .sum());
            }
            assertThat(Torch.manager().getManagedArrays()).hasSizeLessThanOrEqualTo(before);
        }
    }

    /**
     * Garbage collection between forward and backward pass, with direct buffers in churn: the engine's Number overloads
     * fail here, since their memory belongs to a Java buffer that is gone.
     */
    @Test
    void keptConstantsSurviveGarbageCollectionBetweenForwardAndBackward() {
        int wrong = 0;
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray x = manager.ones(new Shape(64));
            for (int i = 0; i < 20; i++) {
                NDArray gradient = Tape.gradient(x, z -> {
                    NDArray y = z.mul(Torch.constant(2))
                            .div(Torch.constant(0.5))
                            .maximum(Torch.constant(0))
                            .mul(Torch.constant(3));
                    collect();
                    return y;
                });
                for (float value : gradient.toFloatArray()) {
                    wrong += value == 12 ? 0 : 1;
                }
                gradient.close();
            }
        }
        assertThat(wrong).isZero();
    }

    /** Shows that the test above can fail: the overload that the rules forbid does. */
    @Test
    void theForbiddenOverloadIsCaught() {
        int wrong = 0;
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray x = manager.ones(new Shape(64));
            for (int i = 0; i < 40 && wrong == 0; i++) {
                NDArray gradient = Tape.gradient(x, z -> {
                    NDArray y = z.mul(2f);
                    collect();
                    return y;
                });
                for (float value : gradient.toFloatArray()) {
                    wrong += value == 2 ? 0 : 1;
                }
                gradient.close();
            }
        }
        assertThat(wrong).as("the engine was mended? then the rule can go").isPositive();
    }

    private static void collect() {
        System.gc();
        var churn = new ArrayList<ByteBuffer>();
        for (int i = 0; i < 2000; i++) {
            churn.add(ByteBuffer.allocateDirect(4).putFloat(0, 99));
        }
        assertThat(churn).hasSize(2000);
    }

    @Test
    void theModeOfEveryThreadIsSetAndPutBack() throws InterruptedException {
        var open = new AtomicReference<String>("");
        Thread thread = new Thread(() -> {
            try (NDManager manager = Torch.manager().newSubManager()) {
                NDArray weight = manager.ones(new Shape(1));
                weight.setRequiresGradient(true);
                NDArray quiet = Tape.quiet(() -> weight.add(weight));
                open.set(quiet.hasGradient() + " " + Tape.isOpen());
            }
        });
        thread.start();
        thread.join();
        assertThat(open.get()).isEqualTo("false false");
    }

    @Test
    void scopesHandTheirResultToTheScopeAround() {
        Torch.constant(1); // kept for good once it was asked for
        int before = Torch.manager().getManagedArrays().size();
        Tape.free(() -> {
            NDArray kept = Tape.scope(() -> Torch.manager().ones(new Shape(2)).add(Torch.constant(1)));
            assertThat(kept.getFloat(0)).isEqualTo(2);
        });
        assertThat(Torch.manager().getManagedArrays()).hasSize(before);
    }

    @Test
    void gradientsEqualFiniteDifferences() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray x = manager.create(new double[] {0.3, -0.7, 1.1}, new Shape(1, 3));
            NDArray target = manager.create(new double[] {0.1, 0.2, -0.4}, new Shape(1, 3));
            double[] gradient = Tape.gradient(x, z -> Losses.kl(z, target)).toDoubleArray();
            for (int i = 0; i < 3; i++) {
                double[] up = x.toDoubleArray();
                double[] down = x.toDoubleArray();
                up[i] += 1e-6;
                down[i] -= 1e-6;
                double slope = (at(manager, up, target) - at(manager, down, target)) / 2e-6;
                assertThat(gradient[i]).isCloseTo(slope, within(1e-7));
            }
        }
    }

    private static double at(NDManager manager, double[] x, NDArray target) {
        return Losses.kl(manager.create(x, new Shape(1, 3)), target).toDoubleArray()[0];
    }

    @Test
    void anUnknownPlatformGetsOneSentence() {
        assertThat(Torch.refusal(new UnsatisfiedLinkError("no torch")))
                .contains("does not start on")
                .contains("no torch")
                .contains("PYTORCH_LIBRARY_PATH");
    }
}
