package ardent.attack.search;

import static ardent.tensor.Torch.constant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.AaGolden;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.Attempts;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.Curve;
import ardent.attack.CwL2;
import ardent.attack.DeepFool;
import ardent.attack.Fab;
import ardent.attack.FabT;
import ardent.attack.Goal;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.MiFgsm;
import ardent.attack.Mode;
import ardent.attack.Pgd;
import ardent.attack.Restarts;
import ardent.attack.Square;
import ardent.attack.Start;
import ardent.attack.Transfer;
import ardent.attack.WorstOf;
import ardent.network.Network;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on networks so small that the answer is known by hand, and attacks whose answer is prescribed. */
class ClosedFormsTest {
    private final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    void close() {
        manager.close();
    }

    /** Logits w·x + b of images {@code [N, 1, 1, D]}. */
    private Network linear(float[][] weights, float... shifts) {
        NDArray weight = manager.create(weights).transpose();
        NDArray shift = manager.create(shifts, new Shape(1, shifts.length));
        return x -> x.reshape(x.getShape().get(0), -1).matMul(weight).add(shift);
    }

    private NDArray images(float[]... rows) {
        return manager.create(rows).reshape(rows.length, 1, 1, rows[0].length);
    }

    private NDArray labels(long... labels) {
        return manager.create(labels);
    }

    private static float[] distances(NDArray one, NDArray two) {
        return SearchRegion.norm(false, one.sub(two)).toFloatArray();
    }

    /** One step of DeepFool on two classes ends at (1 + overshoot)·(|f|/‖w‖ + 1e-4), and there it stays. */
    @ParameterizedTest
    @ValueSource(floats = {0, 0.02f, 0.5f})
    void deepFoolOvershootsTheBoundaryByItsShare(float overshoot) {
        Network network = linear(new float[][] {{3, 4}, {0, 0}}, -3, 0);
        NDArray images = images(new float[] {0.5f, 0.5f}, new float[] {0.45f, 0.5f}, new float[] {0.9f, 0.5f});
        Tape.free(() -> {
            NDArray adversarial = new DeepFool(20, 10, overshoot).perturb(network, images, labels(0, 0, 1));
            float[] moved = distances(adversarial, images);
            assertThat((double) moved[0]).isCloseTo((1 + overshoot) * (0.5 / 5 + 1e-4), within(1e-6));
            assertThat((double) moved[1]).isCloseTo((1 + overshoot) * (0.35 / 5 + 1e-4), within(1e-6));
            assertThat(moved[2]).as("wrong from the beginning").isZero();
        });
    }

    /** The nearest boundary is that of the class with the least logit, which two candidates leave out. */
    @Test
    void deepFoolConsidersItsCandidatesOnly() {
        Network network = linear(new float[][] {{0, 0}, {1, 0}, {0, 10}}, 1, 0.2f, -5);
        NDArray images = images(new float[] {0.5f, 0.5f});
        Tape.free(() -> {
            float[] all = new DeepFool(1, 3, 0.02f)
                    .perturb(network, images, labels(0))
                    .toFloatArray();
            assertThat(all[0]).isEqualTo(0.5f);
            assertThat((double) all[1]).isCloseTo(0.5 + 1.02 * (0.1 + 1e-4), within(1e-6));
            float[] two = new DeepFool(1, 2, 0.02f)
                    .perturb(network, images, labels(0))
                    .toFloatArray();
            assertThat((double) two[0]).isCloseTo(0.5 + 1.02 * (0.3 + 1e-4), within(1e-6));
            assertThat(two[1]).isEqualTo(0.5f);
        });
    }

    /** The margin's weight is searched until images just break: at |f|/‖w‖, or with κ at (|f| + κ)/‖w‖. */
    @ParameterizedTest
    @ValueSource(floats = {0, 0.5f})
    void carliniAndWagnerFindTheShortestWayAtTheirConfidence(float kappa) {
        Network network = linear(new float[][] {{3, 4}, {0, 0}}, -3, 0);
        NDArray images = images(new float[] {0.5f, 0.5f}, new float[] {0.55f, 0.5f});
        Tape.free(() -> {
            NDArray adversarial = new CwL2(300, 9, 0.01f, 1e-2f, kappa).perturb(network, images, labels(0, 0));
            float[] logits = network.logits(adversarial).toFloatArray();
            float[] moved = distances(adversarial, images);
            double[] gaps = {0.5, 0.65};
            for (int i = 0; i < 2; i++) {
                assertThat(logits[2 * i + 1] - logits[2 * i]).isBetween(kappa, kappa + 0.05f);
                double shortest = (gaps[i] + kappa) / 5;
                assertThat((double) moved[i]).isBetween(shortest - 1e-6, shortest + 0.01);
            }
        });
    }

    /** One search with a small c finds nothing; each further one has ten times as much until it does. */
    @Test
    void carliniAndWagnerRaiseTheirWeightTenfold() {
        Network network = linear(new float[][] {{3, 4}, {0, 0}}, -3, 0);
        NDArray images = images(new float[] {0.5f, 0.5f});
        // At the boundary, 0.1 away, the distance costs 2·0.1 for each unit of way and the margin gives 5c.
        Tape.free(() -> {
            for (int searches = 1; searches <= 3; searches++) {
                NDArray found = new CwL2(400, searches, 0.01f, 1e-3f, 0).perturb(network, images, labels(0));
                assertThat(distances(found, images)[0] > 0).isEqualTo(searches == 3);
            }
        });
    }

    /**
     * A search that breaks nothing comes to rest 2.5·c away, where distance and margin pull alike, and so tells its c; the
     * boundary is reached at c = 0.04. From 0.01 on: too little, 0.1 enough, 0.055 enough, 0.0325 too little.
     */
    @Test
    void carliniAndWagnerBisectTheirWeight() {
        List<Float> rests = rests(4, 0.01f);
        assertThat(rests).hasSize(4);
        assertThat(rests.get(0)).isCloseTo(0.025f, within(1e-3f));
        assertThat(rests.get(1)).isCloseTo(0.1f, within(5e-3f));
        assertThat(rests.get(2)).isCloseTo(0.1f, within(5e-3f));
        assertThat(rests.get(3)).isCloseTo(2.5f * 0.0325f, within(1e-3f));
    }

    /** Where each of several searches comes to rest, of an image 0.1 from the boundary. */
    private List<Float> rests(int searches, float first) {
        Network network = linear(new float[][] {{3, 4}, {0, 0}}, -3, 0);
        NDArray images = images(new float[] {0.5f, 0.5f});
        var rests = new ArrayList<Float>();
        Network watched = x -> {
            float away = distances(x.stopGradient(), images)[0];
            if (Tape.isOpen() && away < 1e-5f) {
                rests.add(away); // a search begins at the image itself
            } else if (Tape.isOpen()) {
                rests.set(rests.size() - 1, away);
            }
            return network.logits(x);
        };
        Tape.free(() -> new CwL2(300, searches, 0.01f, first, 0).perturb(watched, images, labels(0)));
        return rests;
    }

    /**
     * The last of ten searches or more takes the least c that broke the image, if one did: from 15 on, halved each time, the
     * ninth has 0.0586, which is enough, and half of it would come to rest 0.073 away, as the ninth of nine from 7.5 on does.
     */
    @Test
    void carliniAndWagnersLastOfTenSearchesTakesTheLeastWeightThatBroke() {
        List<Float> ten = rests(10, 15);
        assertThat(ten).hasSize(10);
        assertThat(ten.get(9)).isCloseTo(0.1f, within(5e-3f));
        List<Float> nine = rests(9, 7.5f);
        assertThat(nine).hasSize(9);
        assertThat(nine.get(8)).isCloseTo(2.5f * 7.5f / 256, within(1e-3f));
        List<Float> none = rests(10, 1e-11f);
        assertThat(none.get(none.size() - 1)).as("nothing broke").isCloseTo(2.5f * 1e-2f, within(1e-3f));
    }

    /** Adam in the space of tanh in double precision, on one pixel and f(x) = slope·x + shift. */
    private static double nearest(double pixel, double c, double kappa, int steps, double slope, double shift) {
        double scaled = 0.999999 * (2 * pixel - 1);
        double origin = 0.5 * Math.log((1 + scaled) / (1 - scaled));
        double clean = (Math.tanh(origin) + 1) / 2;
        double w = origin;
        double mean = 0;
        double square = 0;
        double best = pixel;
        double least = 1e10;
        double last = 1e10;
        for (int i = 1; i <= steps; i++) {
            double x = (Math.tanh(w) + 1) / 2;
            double distance = (x - clean) * (x - clean);
            double margin = slope * x + shift;
            double hinge = Math.max(margin + kappa, 0);
            if (margin + kappa < 0 && distance < least) {
                least = distance;
                best = x;
            }
            double slopeOfLoss = 2 * (x - clean) + (hinge > 0 ? c * slope : 0);
            double gradient = slopeOfLoss * (1 - Math.tanh(w) * Math.tanh(w)) / 2;
            mean = 0.9 * mean + 0.1 * gradient;
            square = 0.999 * square + 0.001 * gradient * gradient;
            double rate = 0.01 * Math.sqrt(1 - Math.pow(0.999, i)) / (1 - Math.pow(0.9, i));
            w -= rate * mean / (Math.sqrt(square) + 1e-8);
            double loss = distance + c * hinge;
            if (i % Math.max(steps / 10, 1) == 0) {
                if (loss > 0.9999 * last) {
                    break;
                }
                last = loss;
            }
        }
        return best;
    }

    /** Several pixels of different images, of which some stall before the others and then stand still. */
    @ParameterizedTest
    @ValueSource(ints = {7, 40, 300})
    void carliniAndWagnersSearchIsAdamInTheSpaceOfTanh(int steps) {
        Network network = linear(new float[][] {{6}, {0}}, -3, 0);
        float[] pixels = {0.52f, 0.55f, 0.7f, 0.95f, 1};
        NDArray images = manager.create(pixels, new Shape(5, 1, 1, 1));
        for (float kappa : new float[] {0, 0.3f}) {
            for (float c : new float[] {0.02f, 1}) {
                Tape.free(() -> {
                    float[] found = new CwL2(steps, 1, 0.01f, c, kappa)
                            .perturb(network, images, labels(0, 0, 0, 0, 0))
                            .toFloatArray();
                    for (int i = 0; i < 5; i++) {
                        assertThat((double) found[i])
                                .as("pixel %s, c %s, kappa %s", pixels[i], c, kappa)
                                .isCloseTo(nearest(pixels[i], c, kappa, steps, 6, -3), within(2e-4));
                    }
                });
            }
        }
    }

    /** One row of five logits, by hand. */
    @Test
    void goalsAreWhatTheySay() {
        NDArray logits = manager.create(new float[][] {{1, 5, 2, 4, -1}});
        Tape.free(() -> {
            NDArray y = labels(3);
            NDArray t = labels(2);
            double sum = Math.exp(1) + Math.exp(5) + Math.exp(2) + Math.exp(4) + Math.exp(-1);
            assertThat((double) Goal.CE.value(logits, y, t).getFloat()).isCloseTo(Math.log(sum) - 4, within(1e-6));
            assertThat(Goal.DLR.value(logits, y, t).getFloat()).isCloseTo((5 - 4) / (5 - 2f), within(1e-6f));
            assertThat(Goal.MARGIN.value(logits, y, t).getFloat()).isEqualTo(1);
            assertThat(Goal.TARGETED_DLR.value(logits, y, t).getFloat()).isCloseTo((2 - 4) / (5 - 1.5f), within(1e-6f));
            assertThat(Goal.TARGETED_DLR_OF_THREE.value(logits, y, t).getFloat())
                    .isCloseTo((2 - 4) / (5 - 2f), within(1e-6f));
            assertThat(Goal.TARGETED_MARGIN.value(logits, y, t).getFloat()).isEqualTo(-2);
        });
        for (Goal goal : Goal.values()) {
            assertThat(goal.targeted()).isEqualTo(goal.name().startsWith("TARGETED"));
            assertThat(goal.classes())
                    .isEqualTo(
                            switch (goal) {
                                case CE, MARGIN, TARGETED_MARGIN -> 2;
                                case DLR, TARGETED_DLR_OF_THREE -> 3;
                                case TARGETED_DLR -> 4;
                            });
        }
    }

    /** Rank 2 first, and each class as often as there are restarts. */
    @Test
    void targetsAreTheClassesInTheOrderOfTheirLogits() {
        Network network = linear(new float[][] {{1}, {5}, {2}, {4}, {-1}}, 0, 0, 0, 0, 0);
        NDArray images = images(new float[] {1}, new float[] {1}, new float[] {1}, new float[] {1});
        Tape.free(() -> {
            NDArray radii = Attempts.radii(new Linf(0.1f), 4);
            for (int restarts = 1; restarts <= 2; restarts++) {
                long[] rounds = {0, restarts, 2L * restarts, 3L * restarts + restarts - 1};
                var tasks = new Attempts(images, labels(1, 1, 1, 1), radii, rounds, Noise.of(0));
                assertThat(TargetClasses.of(network, tasks, restarts).toLongArray())
                        .containsExactly(3, 2, 0, 4);
            }
        });
        assertThat(new ApgdT(new Linf(), Goal.TARGETED_DLR, 5, 9, 2, Mode.FAST).rounds(5))
                .isEqualTo(8);
        assertThat(new ApgdT(new Linf(), Goal.TARGETED_DLR, 5, 3, 2, Mode.FAST).rounds(10))
                .isEqualTo(6);
        assertThat(new FabT(new Linf(), 5, 9, 2, Mode.FAST).rounds(5)).isEqualTo(8);
        assertThat(new Fab(new Linf(), 5, 3, Mode.FAST).rounds(5)).isEqualTo(3);
        assertThat(new Apgd(new Linf()).restarts(4).rounds(5)).isEqualTo(4);
        assertThat(new Square(new Linf(), 5, 2, 0.8, false).rounds(5)).isEqualTo(2);
    }

    /** Where answers are random, the gradient is the mean of the draws, and the loss is the last one's. */
    @Test
    void apgdAveragesTheGradientsOfItsDraws() {
        // Draw k has slope k on pixel 0 and −1 on pixel 1: the sign of the mean of 3 is +, that of one of them −.
        int[] call = {0};
        NDArray slopes = manager.create(new float[][] {{-1}, {-1}, {5}});
        Network random = x -> {
            NDArray flat = x.reshape(x.getShape().get(0), -1);
            NDArray slope = slopes.get(call[0]++ % 3);
            NDArray lead = flat.get(":, 0:1").mul(slope).sub(flat.get(":, 1:2"));
            return lead.neg().concat(lead.mul(Torch.constant(0)), 1);
        };
        NDArray images = images(new float[] {0.5f, 0.5f});
        Tape.free(() -> {
            for (int draws : new int[] {1, 3}) {
                call[0] = 0;
                var heard = new ArrayList<float[]>();
                Network heardOf = x -> {
                    heard.add(x.stopGradient().toFloatArray());
                    return random.logits(x);
                };
                Attempts tasks = Attempts.of(images, labels(0), Attempts.radii(new Linf(0.1f), 1), 0, Noise.of(1));
                new Apgd(new Linf(0.1f), Goal.MARGIN, 1, 1, draws, Mode.PARITY).search(heardOf, tasks);
                assertThat(heard).hasSize(2 * draws);
                // The first step goes to the bound on the side of the slope.
                assertThat(heard.get(draws)[0]).isCloseTo(draws == 1 ? 0.4f : 0.6f, within(1e-6f));
                assertThat(heard.get(draws)[1]).isCloseTo(0.4f, within(1e-6f));
            }
        });
    }

    /** g ← μ·g + ∇/mean|∇|, x ← Π(x + stride·steepest(g)), written out; μ = 0 is PGD from the clean images. */
    @ParameterizedTest
    @ValueSource(floats = {0, 0.5f, 1, 1.5f})
    void momentumKeepsItsShareOfOldGradients(float decay) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            for (Ball ball : List.of(new Linf(0.05f), new L2(0.4f))) {
                Tape.free(() -> {
                    NDArray x = images.duplicate();
                    NDArray memory = images.zerosLike();
                    for (int i = 0; i < 6; i++) {
                        NDArray gradient = Tape.gradient(
                                x,
                                z -> Losses.crossEntropy(network.logits(z), labels)
                                        .mean());
                        NDArray size = gradient.abs().reshape(labels.size(), -1).mean(new int[] {1});
                        memory = memory.mul(constant(decay)).add(gradient.div(size.reshape(-1, 1, 1, 1)));
                        x = ball.around(images, true)
                                .apply(x.add(ball.steepest(memory).mul(constant(ball.radius() / 4))));
                    }
                    NDArray attacked = new MiFgsm(ball, ball.radius() / 4, 6, decay).perturb(network, images, labels);
                    assertThat(AaGolden.gap(attacked, x)).isLessThan(1e-6f);
                    if (decay == 0 && ball instanceof Linf) {
                        Pgd plain = new Pgd(ball, ball.radius() / 4, 6, Start.clean());
                        assertThat(plain.perturb(network, images, labels).toFloatArray())
                                .isEqualTo(attacked.toFloatArray());
                    }
                });
            }
        }
    }

    @Test
    void stridesAreTheFieldsStandard() {
        for (int steps = 1; steps < 30; steps++) {
            assertThat(new Pgd(new Linf(0.2f), steps).stride()).isEqualTo(steps < 4 ? 0.2f / steps : 0.05f);
            assertThat(new Pgd(new L2(1), steps).stride()).isEqualTo(Math.min(1, 2.5f / steps));
        }
    }

    @Test
    void startsAreWhatTheySay() {
        Tape.free(() -> {
            NDArray images = Noise.of(1).uniform(0, 1, new Shape(5, 1, 4, 4));
            NDArray normal = Noise.of(2).normal(images.getShape());
            NDArray uniform = Noise.of(2).uniform(-0.3, 0.3, images.getShape());
            assertThat(AaGolden.gap(
                            Start.gauss().from(new Linf(0.3f), images, Noise.of(2)),
                            images.add(normal.mul(constant(0.001)))))
                    .isLessThan(1e-7f);
            NDArray open = new Start.Uniform(false).from(new Linf(0.3f), images, Noise.of(2));
            assertThat(AaGolden.gap(open, images.add(uniform))).isLessThan(1e-7f);
            NDArray clamped = Start.uniform().from(new Linf(0.3f), images, Noise.of(2));
            assertThat(clamped.toFloatArray())
                    .isEqualTo(open.maximum(constant(0)).minimum(constant(1)).toFloatArray());
            assertThat(Start.clean().from(new Linf(0.3f), images, Noise.of(2)).toFloatArray())
                    .isEqualTo(images.toFloatArray());
            NDArray draws = Noise.of(2).uniform(-1, 1, images.getShape());
            NDArray corner = Start.boundary().from(new Linf(0.3f), images, Noise.of(2));
            assertThat(AaGolden.gap(
                            corner,
                            images.add(draws.sign().mul(constant(0.3)))
                                    .maximum(constant(0))
                                    .minimum(constant(1))))
                    .isLessThan(1e-7f);
            NDArray grey = images.zerosLike().add(constant(0.5));
            NDArray far = Start.boundary().from(new L2(0.4f), grey, Noise.of(2)).sub(grey);
            assertThat(far.mul(far).sum(new int[] {1, 2, 3}).sqrt().toFloatArray())
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(0.4f, 0.4f, 0.4f, 0.4f, 0.4f);
        });
    }

    /** Sets the only pixel of image i to 0.9, which breaks it, or to 0.1 + try/10; writes down what it was given. */
    @SuppressWarnings("ArrayRecordComponent") // a script, never compared
    private record Prescribed(int turn, List<List<Integer>> asked, List<Float> draws, int... broken) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            float[] pixels = images.toFloatArray();
            var rows = new ArrayList<Integer>();
            for (int i = 0; i < pixels.length; i++) {
                int image = Math.round(100 * pixels[i]);
                rows.add(image);
                boolean breaks = Arrays.stream(broken).anyMatch(b -> b == image);
                pixels[i] = breaks ? 0.9f : 0.1f + 0.1f * turn;
            }
            asked.add(rows);
            draws.add(noise.shared(1)[0]);
            return Torch.array(pixels, images.getShape());
        }
    }

    /** Wrong where the pixel is over a half. */
    private Network half() {
        return linear(new float[][] {{-1}, {1}}, 0.5f, -0.5f);
    }

    @Test
    void theWorstOfSeveralKeepsTheFirstSuccessOrTheLastFailure() {
        var asked = new ArrayList<List<Integer>>();
        var draws = new ArrayList<Float>();
        NDArray images = images(new float[] {0.01f}, new float[] {0.02f}, new float[] {0.03f}, new float[] {0.04f});
        Attack[] turns = {
            new Prescribed(1, asked, draws, 2), new Prescribed(2, asked, draws, 2, 3), new Prescribed(3, asked, draws)
        };
        Tape.free(() -> {
            NDArray labels = labels(0, 0, 0, 1);
            float[] result = new WorstOf(turns)
                    .perturb(half(), images, labels, Noise.of(4))
                    .toFloatArray();
            assertThat(asked).containsExactly(List.of(1, 2, 3), List.of(1, 3), List.of(1));
            assertThat(result).containsExactly(new float[] {0.4f, 0.9f, 0.9f, 0.04f}, within(1e-6f));
            assertThat(draws)
                    .containsExactly(
                            Noise.of(4).fork(0).shared(1)[0],
                            Noise.of(4).fork(1).shared(1)[0],
                            Noise.of(4).fork(2).shared(1)[0]);
        });
    }

    @Test
    void restartsAreTriesOfTheSameAttackWithOtherNoise() {
        var asked = new ArrayList<List<Integer>>();
        var draws = new ArrayList<Float>();
        NDArray images = images(new float[] {0.01f}, new float[] {0.02f});
        Tape.free(() -> {
            var attack = new Restarts(new Prescribed(1, asked, draws, 2), 3);
            attack.perturb(half(), images, labels(0, 0), Noise.of(4)).close();
            assertThat(asked).containsExactly(List.of(1, 2), List.of(1), List.of(1));
            assertThat(draws).doesNotHaveDuplicates();
            assertThat(attack.label()).isEqualTo("Prescribed ×3");
        });
    }

    @Test
    void whoAsksForNoGradientSaysSo() {
        Attack black = new Square(new Linf());
        Attack white = new Pgd(2);
        assertThat(List.of(black.whiteBox(), white.whiteBox())).containsExactly(false, true);
        assertThat(new Transfer(white, half()).whiteBox()).isFalse();
        assertThat(new Restarts(black, 2).whiteBox()).isFalse();
        assertThat(new Restarts(white, 2).whiteBox()).isTrue();
        assertThat(new WorstOf(black, white).whiteBox()).isTrue();
        assertThat(new WorstOf(black).whiteBox()).isFalse();
        assertThat(new Cascade(black).whiteBox()).isFalse();
        assertThat(new Restarts(white, 2).ball()).isEqualTo(new Linf());
        assertThat(new WorstOf(white).ball()).isEqualTo(new Linf());
        assertThat(new Transfer(white, half()).ball()).isEqualTo(new Linf());
    }

    /** An image falls at its distance, not just beyond it. */
    @Test
    void curvesOfDistancesCountTheRadiusItself() {
        NDArray images = images(new float[] {0.25f}, new float[] {0.25f}, new float[] {0.25f}, new float[] {0.75f});
        NDArray near = images(new float[] {0.75f}, new float[] {1f}, new float[] {0.375f}, new float[] {0.75f});
        NDArray labels = labels(0, 0, 0, 0);
        Curve curve =
                Curve.ofDistances(half(), images, labels, near, true, List.of(0f, 0.125f, 0.5f, 0.74f, 0.75f), "known");
        assertThat(curve.accuracies()).containsExactly(0.75, 0.75, 0.5, 0.5, 0.25);
        assertThat(curve.attack()).isEqualTo("known");
    }

    private record Bounded(Ball ball, Attack attack) implements Attack {
        @Override
        public NDArray perturb(Network victim, NDArray images, NDArray labels, Noise noise) {
            return attack.perturb(victim, images, labels, noise);
        }
    }

    /** Each radius goes on with the images that withstood the smaller ones, and 0 attacks nothing. */
    @Test
    void curvesGoOnWithTheImagesThatStand() {
        var asked = new ArrayList<List<Integer>>();
        NDArray images = images(new float[] {0.01f}, new float[] {0.02f}, new float[] {0.03f});
        NDArray labels = labels(0, 0, 0);
        Curve curve = Curve.of(
                half(),
                images,
                labels,
                List.of(0f, 0.9f, 0.95f),
                radius -> new Bounded(
                        new Linf(radius), new Prescribed(1, asked, new ArrayList<>(), radius == 0.9f ? 2 : 3)),
                2);
        assertThat(curve.accuracies()).containsExactly(1.0, 2 / 3.0, 1 / 3.0);
        assertThat(asked).containsExactly(List.of(1, 2), List.of(3), List.of(1, 3));
    }

    /** Linearised towards the class of the target, and back by a tenth of the way after each success. */
    @Test
    void boundariesOvershootAndStepBack() {
        NDArray images = images(new float[] {0.5f, 0.5f});
        Tape.free(() -> {
            var plane = new FabState.Plane(
                    manager.create(new float[][] {{3, 4}}),
                    labels(1).toType(DataType.FLOAT32, false).neg());
            try (var boundary = new FabState(false, images, images)) {
                // Both projections are the same: 0.2 away, 1.05 times as far.
                NDArray next = boundary.propose(plane);
                assertThat(distances(next, images)[0]).isCloseTo(0.21f, within(1e-6f));
                boundary.accept(next, labels(1).eq(labels(1)));
                assertThat(boundary.norm().getFloat()).isCloseTo(0.21f, within(1e-6f));
                assertThat(distances(boundary.x(), images)[0]).isCloseTo(0.9f * 0.21f, within(1e-6f));
                // A second, longer way is not noted.
                NDArray far = images.add(constant(0.3));
                boundary.accept(far, labels(1).eq(labels(1)));
                assertThat(boundary.norm().getFloat()).isCloseTo(0.21f, within(1e-6f));
                assertThat(boundary.best().toFloatArray()).isEqualTo(next.toFloatArray());
                // A point that is right is kept as it is.
                boundary.accept(far, labels(1).eq(labels(0)));
                assertThat(boundary.x().toFloatArray()).isEqualTo(far.toFloatArray());
            }
        });
    }

    /** Far from the clean image, a tenth at most of the next point is the projection of the clean image. */
    @Test
    void boundariesAreBiasedTowardsTheCleanImage() {
        NDArray images = images(new float[] {0.2f, 0.2f});
        NDArray start = images(new float[] {0.2f, 0.8f});
        Tape.free(() -> {
            try (var boundary = new FabState(false, images, start)) {
                // The plane x₀ = 0.5: from both points 0.3 away, so that the share is a tenth and not a half.
                var plane =
                        new FabState.Plane(manager.create(new float[][] {{1, 0}}), manager.create(new float[] {-0.3f}));
                float[] next = boundary.propose(plane).toFloatArray();
                assertThat(next)
                        .containsExactly(new float[] {0.2f + 1.05f * 0.3f, 0.9f * 0.8f + 0.1f * 0.2f}, within(1e-6f));
            }
        });
    }
}
