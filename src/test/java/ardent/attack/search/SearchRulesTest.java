package ardent.attack.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attempts;
import ardent.attack.AutoAttack;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.CwL2;
import ardent.attack.CwLinf;
import ardent.attack.Fab;
import ardent.attack.FabT;
import ardent.attack.Fgsm;
import ardent.attack.Goal;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.MiFgsm;
import ardent.attack.Mode;
import ardent.attack.MultiRoundAttack;
import ardent.attack.OnePixelImages;
import ardent.attack.Pgd;
import ardent.attack.SearchResult;
import ardent.attack.Square;
import ardent.attack.Transfer;
import ardent.attack.WorstOf;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How searches go through their steps and images, and the parts they share, on images of one or two pixels. */
class SearchRulesTest extends OnePixelImages {
    /** Class 1 above a bound. */
    private static NDArray over(NDArray x, double bound) {
        NDArray lead = x.reshape(x.getShape().get(0), 1).sub(Torch.constant(bound));
        return lead.neg().concat(lead, 1);
    }

    private Attempts tasks(Ball ball, NDArray images, long... labels) {
        return Attempts.of(images, manager.create(labels), Attempts.radii(ball, labels.length), 0, Noise.of(1));
    }

    /** The first step is as long as the ball is wide, so one is enough for what lies within reach. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void apgdTakesAsManyStepsAsItSays(Mode mode) {
        Ball ball = new Linf(0.12f);
        for (int steps = 1; steps <= 6; steps++) {
            int[] calls = {0};
            Network network = x -> {
                calls[0]++;
                return over(x, 0.6);
            };
            int given = steps;
            Tape.free(() -> {
                SearchResult found = new Apgd(ball, Goal.CE, given, 1, 1, mode)
                        .search(network, tasks(ball, images(0.5f, 0.3f, 0.7f), 0, 0, 1));
                assertThat(found.broken()).containsExactly(true, false, true);
                float[] pixels = found.images().toFloatArray();
                assertThat(pixels[0]).isCloseTo(0.62f, within(1e-6f));
                assertThat(pixels[2]).isCloseTo(0.58f, within(1e-6f));
            });
            assertThat(calls[0]).isEqualTo(1 + steps);
        }
    }

    /** A fast search looks every five steps which images are broken; the others keep their place, label and target. */
    @Test
    void fastApgdGoesOnWithTheImagesThatStand() {
        Ball ball = new Linf(0.12f);
        for (boolean targeted : new boolean[] {false, true}) {
            for (Mode mode : Mode.values()) {
                var sizes = new ArrayList<Long>();
                // A network that gives way at its eighth call, when the second image falls too.
                Network network = x -> {
                    sizes.add(x.getShape().get(0));
                    return over(x, sizes.size() < 8 ? 0.6 : 0.45);
                };
                MultiRoundAttack attack = targeted
                        ? new ApgdT(ball, Goal.TARGETED_MARGIN, 12, 1, 1, mode)
                        : new Apgd(ball, Goal.CE, 12, 1, 1, mode);
                Tape.free(() -> {
                    SearchResult found =
                            attack.search(network, tasks(ball, images(0.5f, 0.35f, 0.1f, 0.65f), 0, 0, 0, 1));
                    assertThat(found.broken()).containsExactly(true, true, false, true);
                    float[] pixels = found.images().toFloatArray();
                    assertThat(pixels[0]).isCloseTo(0.62f, within(1e-6f));
                    assertThat(pixels[1]).isCloseTo(0.47f, within(1e-6f));
                    assertThat(pixels[3]).isCloseTo(0.53f, within(1e-6f));
                });
                int first = targeted ? 7 : 6; // the targets are asked for, then a start and five steps
                if (mode == Mode.PARITY) {
                    assertThat(sizes).containsOnly(4L);
                } else {
                    assertThat(sizes.subList(0, first)).containsOnly(4L);
                    assertThat(sizes.subList(first, first + 5)).containsOnly(2L);
                    assertThat(sizes.subList(first + 5, sizes.size())).containsOnly(1L);
                }
                assertThat(sizes).hasSize(first + 7);
            }
        }
    }

    /** A search whose images are all broken is over. */
    @Test
    void aFastSearchWithoutImagesStops() {
        int[] calls = {0};
        Network network = x -> {
            calls[0]++;
            return over(x, 0.6);
        };
        Ball ball = new Linf(0.12f);
        Tape.free(() -> new Apgd(ball, Goal.CE, 100, 1, 1, Mode.FAST).search(network, tasks(ball, images(0.5f), 0)));
        assertThat(calls[0]).isEqualTo(1 + 5);
        calls[0] = 0;
        Tape.free(() -> new Square(ball, 100).search(network, tasks(ball, images(0.5f), 0)));
        assertThat(calls[0]).as("a start, ten queries at most, a last look").isLessThanOrEqualTo(12);
    }

    /** One look at the start, one for each query, one at the end; broken images go after ten queries, in L2 after each. */
    @Test
    void squareAsksAsOftenAsItSays() {
        for (Ball ball : List.of(new Linf(0.12f), new L2(0.12f))) {
            for (int queries : new int[] {1, 7, 25}) {
                var sizes = new ArrayList<Long>();
                // Gives way at the fourth call for all images above 0.3.
                Network network = x -> {
                    sizes.add(x.getShape().get(0));
                    return over(x, sizes.size() < 4 ? 10 : 0.3);
                };
                Tape.free(() -> {
                    SearchResult found =
                            new Square(ball, queries).search(network, tasks(ball, images(0.5f, 0.1f, 0.6f), 0, 0, 0));
                    boolean gone = queries > 2; // or else not even the last look sees it
                    assertThat(found.broken()).containsExactly(gone, false, gone);
                    NDArray moved = found.images().sub(images(0.5f, 0.1f, 0.6f)).abs();
                    assertThat(moved.max().getFloat()).isLessThan(0.12f + 1e-6f);
                    long full = ball instanceof Linf ? 10 : 3;
                    assertThat(sizes).hasSize(queries + 2);
                    assertThat(sizes.get(queries + 1)).isEqualTo(3);
                    for (int i = 1; i <= queries; i++) {
                        assertThat(sizes.get(i)).as("query %d", i).isEqualTo(gone && i > full ? 1 : 3);
                    }
                });
            }
        }
    }

    /** What is broken stays as it broke, also where further queries of its batch would change it. */
    @Test
    void squareKeepsTheFirstBrokenImage() {
        Ball ball = new Linf(0.2f);
        int[] calls = {0};
        var seen = new ArrayList<float[]>();
        Network network = x -> {
            seen.add(x.toFloatArray());
            // The margin falls from call to call, so that each query would be taken.
            return over(x.sum(new int[] {1, 2, 3}).mul(Torch.constant(0)), 0.05 - 0.02 * calls[0]++);
        };
        NDArray images = manager.create(new float[] {0.5f, 0.4f, 0.6f, 0.5f}, new Shape(1, 1, 2, 2));
        Tape.free(() -> {
            SearchResult found = new Square(ball, 9).search(network, tasks(ball, images, 0));
            assertThat(found.broken()).containsExactly(true);
            // Calls 0 to 2 are right, 3 is wrong.
            assertThat(found.images().toFloatArray()).isEqualTo(seen.get(3));
            assertThat(seen.get(3)).isNotEqualTo(seen.get(9));
        });
        assertThat(calls[0]).isEqualTo(11);
    }

    @Test
    void squaresWindowsShrinkAsTheirScheduleSays() {
        var plain = new SquareSchedule(0.8, 10_000, false);
        int[] queries = {10, 11, 50, 51, 200, 201, 500, 501, 1000, 1001, 2000, 2001, 4000, 4001, 6000, 6001, 8000, 8001
        };
        for (int i = 0; i < queries.length; i++) {
            assertThat(plain.share(queries[i])).isEqualTo(0.8 / (1 << ((i + 1) / 2)));
            assertThat(new SquareSchedule(0.8, 1000, true).share(queries[i] / 10 + 1))
                    .isEqualTo(plain.share(queries[i] / 10 * 10 + 10));
        }
        assertThat(plain.side(0, 10, 10, true)).isEqualTo(9);
        assertThat(plain.side(0, 10, 10, false)).isEqualTo(9);
        assertThat(plain.side(60, 10, 10, true)).isEqualTo(4);
        assertThat(plain.side(60, 10, 10, false)).isEqualTo(5);
        assertThat(plain.side(9000, 10, 10, true)).isEqualTo(1);
        assertThat(plain.side(9000, 10, 10, false)).isEqualTo(3);
        assertThat(plain.side(0, 2, 30, true)).as("no larger than the image").isEqualTo(2);
        assertThat(plain.side(0, 30, 2, false)).isEqualTo(2);
    }

    /** |f|/‖w‖ in the norm's dual: what lies just within the radius is found, what lies just beyond is not. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void fabFindsTheNearestPointWithinTheRadius(Mode mode) {
        NDArray weight = manager.create(new float[][] {{3, 0}, {4, 0}});
        NDArray shift = manager.create(new float[][] {{-2.8f, 0}});
        Network network = x -> x.reshape(x.getShape().get(0), 2).matMul(weight).add(shift);
        NDArray image = manager.create(new float[] {0.5f, 0.5f}, new Shape(1, 1, 1, 2));
        for (boolean linf : new boolean[] {true, false}) {
            float least = linf ? 0.7f / 7 : 0.7f / 5;
            for (float radius : new float[] {0.98f * least, 1.02f * least}) {
                Ball ball = linf ? new Linf(radius) : new L2(radius);
                for (MultiRoundAttack attack : List.of(new Fab(ball, 30, 1, mode), new FabT(ball, 30, 1, 1, mode))) {
                    Tape.free(() -> {
                        SearchResult found = attack.search(network, tasks(ball, image, 0));
                        assertThat(found.broken()[0]).as("%s", attack).isEqualTo(radius > least);
                        float reached = SearchRegion.norm(linf, found.images().sub(image))
                                .getFloat();
                        // A fast one leaves off where it is near enough.
                        assertThat(reached)
                                .isBetween(least, mode == Mode.FAST ? Math.max(radius, 1.01f * least) : 1.01f * least);
                    });
                }
            }
        }
    }

    /** Its first round begins at the images, each further one half a radius away in a random direction. */
    @Test
    void fabBeginsFurtherRoundsHalfARadiusAway() {
        for (Ball ball : List.of(new Linf(0.2f), new L2(0.2f))) {
            boolean linf = ball instanceof Linf;
            var seen = new ArrayList<float[]>();
            Network network = x -> {
                seen.add(SearchRegion.norm(linf, x.stopGradient().sub(pairs())).toFloatArray());
                return over(x.reshape(x.getShape().get(0), 2).sum(new int[] {1}, true), 3);
            };
            Tape.free(() -> {
                long[] rounds = {0, 1, 2, 3, 5};
                var tasks = new Attempts(
                        pairs(), manager.create(new long[5]), Attempts.radii(ball, 5), rounds, Noise.of(4));
                new Fab(ball, 1, 3, Mode.PARITY).search(network, tasks);
            });
            assertThat(seen.get(0)).containsExactly(new float[] {0, 0.1f, 0.1f, 0, 0.1f}, within(1e-6f));
        }
    }

    private NDArray pairs() {
        return manager.full(new Shape(5, 1, 1, 2), 0.5f);
    }

    /**
     * Where fewer than three of ten points step back, the gradient comes with the pass that judges the step, and only those
     * that step back are asked again; else each step is a gradient and a look.
     */
    @ParameterizedTest
    @CsvSource({
        "0, g10 g10 g10 g10",
        "2, g10 g10 g2 g10 g2 g10 g2",
        "3, g10 g10 g3 f10 g10 f10",
        "10, g10 g10 g10 f10 g10 f10"
    })
    void fastFabLooksAheadWhileMostPointsStay(int back, String expected) {
        var calls = new ArrayList<String>();
        // The first ones have their boundary where the pixels' sum is 1.3, of which they begin at 1, the others beyond
        // the box.
        float[] bounds = new float[10];
        Arrays.fill(bounds, 10);
        Arrays.fill(bounds, 0, back, 1.3f);
        NDArray all = manager.create(bounds);
        Network network = x -> {
            long count = x.getShape().get(0);
            calls.add((Tape.isOpen() ? "g" : "f") + count);
            return over(x.sum(new int[] {1, 2, 3}).sub(all.get("0:" + count)), 0);
        };
        NDArray images = manager.full(new Shape(10, 1, 1, 2), 0.5f);
        Tape.free(() -> new FabT(new Linf(0.01f), 3, 1, 1, Mode.FAST)
                .search(network, tasks(new Linf(0.01f), images, new long[10])));
        // Before them the targets, after them what was found.
        assertThat(String.join(" ", calls)).isEqualTo("f10 " + expected + " f10");
    }

    @Test
    void rowsAreRepairedOnlyWhereTheyAreNoNumbers() {
        Tape.free(() -> {
            NDArray whole = images(0.1f, 0.2f);
            assertThat(Rows.finiteOrClean(whole, () -> {
                        throw new AssertionError("nobody needs it");
                    }))
                    .isSameAs(whole);
            NDArray damaged = images(0.1f, Float.NaN, 0.3f, Float.POSITIVE_INFINITY);
            NDArray repaired = Rows.finiteOrClean(damaged, () -> images(0.5f, 0.6f, 0.7f, 0.8f));
            assertThat(repaired.toFloatArray()).containsExactly(0.1f, 0.6f, 0.3f, 0.8f);
            assertThat(damaged.toFloatArray()[1]).isNaN();
            assertThat(Rows.finite(damaged)).containsExactly(true, false, true, false);
        });
    }

    @Test
    void regionsProjectOntoTheBallAndThePixelRange() {
        NDArray centre = manager.create(new float[] {0.5f, 0.5f, 0.95f, 0.5f, 0.5f, 0.5f}, new Shape(3, 1, 1, 2));
        NDArray radii = manager.create(new float[] {0.1f, 0.3f, 0.6f});
        NDArray x = manager.create(new float[] {0.8f, 0.9f, 1.25f, 0.9f, 0.8f, 0.1f}, new Shape(3, 1, 1, 2));
        Tape.free(() -> {
            SearchRegion round = new SearchRegion(new L2(1), centre, radii);
            assertThat(round.project(x).toFloatArray())
                    .containsExactly(new float[] {0.56f, 0.58f, 1, 0.74f, 0.8f, 0.1f}, within(1e-6f));
            assertThat(round.length(x.sub(centre)).toFloatArray())
                    .containsExactly(new float[] {0.5f, 0.5f, 0.5f}, within(1e-6f));
            assertThat(round.centre()).isSameAs(centre);
            assertThat(round.radius().getShape()).isEqualTo(new Shape(3, 1, 1, 1));
            assertThat(round.length(round.direction(Noise.of(1))).toFloatArray())
                    .containsExactly(new float[] {1, 1, 1}, within(1e-6f));
            assertThat(round.unit(centre.zerosLike()).toFloatArray()).containsOnly(0);
            SearchRegion square = new SearchRegion(new Linf(1), centre, radii);
            assertThat(square.project(x).toFloatArray())
                    .containsExactly(new float[] {0.6f, 0.6f, 1, 0.8f, 0.8f, 0.1f}, within(1e-6f));
            assertThat(square.length(x.sub(centre)).toFloatArray())
                    .containsExactly(new float[] {0.4f, 0.4f, 0.4f}, within(1e-6f));
            assertThat(square.centre()).isSameAs(centre);
            assertThat(List.of(square.kept().size(), round.kept().size())).containsExactly(3, 1);
        });
    }

    @Test
    void labelsTellWhatDiffersFromTheStandard() {
        Ball ball = new Linf();
        assertThat(new Apgd(ball).label()).isEqualTo("APGD-CE");
        assertThat(new Apgd(ball, Goal.DLR).steps(10).label()).isEqualTo("APGD-DLR-10");
        assertThat(new Apgd(ball, Goal.MARGIN).label()).isEqualTo("APGD-margin");
        assertThat(new ApgdT(ball).label()).isEqualTo("APGD-T");
        assertThat(new ApgdT(ball).steps(20).label()).isEqualTo("APGD-T-20");
        assertThat(new Fab(ball).label()).isEqualTo("FAB");
        assertThat(new FabT(ball).label()).isEqualTo("FAB-T");
        assertThat(new Square(ball).label()).isEqualTo("Square");
        assertThat(new Square(ball, 100).label()).isEqualTo("Square-100");
        assertThat(new Pgd(20).label()).isEqualTo("PGD-20");
        assertThat(new Fgsm().label()).isEqualTo("FGSM");
        assertThat(new MiFgsm(ball).label()).isEqualTo("MI-FGSM-10");
        assertThat(new CwLinf().label()).isEqualTo("CW∞");
        assertThat(CwLinf.fairArd(ball).label()).isEqualTo("CW∞-20");
        assertThat(new CwL2().label()).isEqualTo("CW-L2");
        assertThat(new CwL2().steps(100).label()).isEqualTo("CW-L2-100");
        assertThat(new Transfer(new Fgsm(), x -> x).label()).isEqualTo("FGSM (transfer)");
        assertThat(new WorstOf(new Fgsm(), new Pgd(20)).label()).isEqualTo("Worst of FGSM, PGD-20");
        assertThat(new Cascade(new Fgsm(), new Pgd(20)).label()).isEqualTo("Worst of FGSM, PGD-20");
        assertThat(new AutoAttack().label()).isEqualTo("AutoAttack");
    }
}
