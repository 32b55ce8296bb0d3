package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.Golden;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FAB against recorded runs of the AutoAttack reference. */
class FabTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void projectionsEqualTheReference(boolean linf) {
        try (var golden = new Golden("fab-projections")) {
            Tape.free(() -> {
                NDArray t = golden.get("t");
                NDArray w = golden.get("w");
                NDArray b = golden.get("b");
                NDArray d = Hyperplane.displacement(linf, t, w, b);
                String name = linf ? "linf" : "l2";
                float[] norms = Region.norm(linf, d).toFloatArray();
                float[] expected = golden.floats(name + ".norm");
                float[] residuals =
                        w.mul(t.add(d)).sum(new int[] {1}).sub(b).abs().toFloatArray();
                float[] weights = w.abs().sum(new int[] {1}).toFloatArray();
                long[] kind = golden.get("kind").toLongArray();
                for (int i = 0; i < norms.length; i++) {
                    assertThat(Math.abs(norms[i] - expected[i]))
                            .as("%s row %d", name, i)
                            .isLessThanOrEqualTo(1e-4f * expected[i] + 1e-6f);
                    if (kind[i] != 5) {
                        assertThat(residuals[i])
                                .as("%s row %d of kind %d", name, i, kind[i])
                                .isLessThanOrEqualTo(1e-4f * weights[i]);
                    }
                }
                NDArray moved = t.add(d);
                assertThat(moved.min().getFloat()).isGreaterThanOrEqualTo(0);
                assertThat(moved.max().getFloat()).isLessThanOrEqualTo(1);
            });
        }
    }

    @Test
    void projectionsOfDegeneratePlanesStayWhereTheyAre() {
        Tape.free(() -> {
            NDArray t =
                    Torch.manager().ones(new ai.djl.ndarray.types.Shape(2, 5)).mul(Torch.constant(0.5));
            NDArray w = t.zerosLike();
            NDArray b = Torch.array(new float[] {0, 1}, new ai.djl.ndarray.types.Shape(2));
            for (boolean linf : new boolean[] {true, false}) {
                assertThat(Hyperplane.displacement(linf, t, w, b).abs().toFloatArray())
                        .containsOnly(0);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"linf, fab_t", "linf, fab", "l2, fab_t", "l2, fab"})
    void everyForcedStepEqualsTheReference(String norm, String run) {
        try (var golden = new Golden("aa-trace-" + norm)) {
            boolean linf = norm.equals("linf");
            Tape.free(() -> {
                NDArray images = golden.get(run + ".x0");
                NDArray x = golden.get(run + ".x1");
                try (var boundary = new Boundary(linf, images, images)) {
                    for (int i = 0; i < x.getShape().get(0); i++) {
                        NDArray chosen = golden.get(run + ".chosen").get(i);
                        var plane = new Boundary.Plane(
                                golden.get(run + ".w").get(i),
                                Losses.at(golden.get(run + ".df").get(i), chosen));
                        NDArray next = boundary.propose(plane);
                        boundary.accept(next, golden.get(run + ".isAdv").get(i).gt(0));
                        // Projections are compared by length, to 1e-4 of it; here they are at most 0.06 long.
                        assertThat(AaGolden.gap(boundary.x(), x.get(i)))
                                .as("%s step %d", run, i)
                                .isLessThan(1e-6f);
                        NDArray norms = golden.get(run + ".bestNorm").get(i);
                        assertThat(AaGolden.gap(boundary.norm(), norms)).isLessThan(1e-6f);
                        boundary.at(x.get(i));
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linf", "l2"})
    void theNearestClassIsTheReferences(String norm) {
        try (var golden = new Golden("aa-trace-" + norm);
                var network = ardent.GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray x = golden.get("fab.x0");
                NDArray y = golden.get("fab.y");
                NDList seen = Tape.jacobian(x, network::logits);
                var plane = Boundary.nearest(norm.equals("linf"), seen, y);
                NDArray w = golden.get("fab.w").get(0);
                float scale = w.abs().max().getFloat();
                assertThat(AaGolden.gap(plane.normal(), w)).isLessThan(1e-5f * scale);
                NDArray chosen = golden.get("fab.chosen").get(0);
                NDArray difference = Losses.at(golden.get("fab.df").get(0), chosen);
                assertThat(AaGolden.gap(plane.difference(), difference)).isLessThan(1e-5f);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bn-linf", "bn-l2", "plain-linf", "plain-l2"})
    void freeRunsEqualTheReference(String name) {
        AaGolden.on(name, (golden, network, ball) -> {
            for (Mode mode : name.startsWith("bn") ? Mode.values() : new Mode[] {Mode.PARITY}) {
                AaGolden.assertRun(golden, "fab_t", new FabT(ball, 100, 5, 1, mode), network, mode);
                AaGolden.assertRun(golden, "fab", new Fab(ball, 30, 2, mode), network, mode);
            }
        });
    }

    @Test
    void edgesEqualTheReference() {
        AaGolden.edges((scenario, golden, network) -> {
            scenario.assertRobust("fab_t", new FabT(scenario.ball(), scenario.steps(), 9, 1, Mode.PARITY));
            scenario.assertRobust("fab", new Fab(scenario.ball(), scenario.steps(), 2, Mode.PARITY));
        });
    }
}
