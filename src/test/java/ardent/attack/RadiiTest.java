package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.cascade.CascadeRulesTest;
import ardent.attack.search.SearchRegion;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A radius for each image, through whole cascades. */
class RadiiTest {
    private static final float[] LINF = {0, 0.02f, 0.05f, 0.1f};
    private static final float[] L2 = {0, 0.15f, 0.4f, 0.8f};

    static Stream<Arguments> normsAndModes() {
        return Stream.of(Mode.values()).flatMap(mode -> Stream.of("linf", "l2").map(norm -> Arguments.of(norm, mode)));
    }

    private static NDArray array(float... radii) {
        return Torch.array(radii, new Shape(radii.length));
    }

    private static float[] all(int count, float radius) {
        float[] radii = new float[count];
        Arrays.fill(radii, radius);
        return radii;
    }

    @ParameterizedTest
    @MethodSource("normsAndModes")
    void equalRadiiAreTheBalls(String norm, Mode mode) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            float radius = norm.equals("linf") ? 0.05f : 0.4f;
            Cascade cascade = CascadeRulesTest.small(AaGolden.ball(norm, radius), 20, mode);
            CascadeResult whole = cascade.run(network, images, labels);
            Tape.free(() -> {
                CascadeResult each =
                        cascade.run(network, images, labels, new CascadeOptions().radii(array(all(64, radius))));
                assertSame(whole, each, images);
                if (mode == Mode.FAST) {
                    Cascade other = CascadeRulesTest.small(AaGolden.ball(norm, radius / 2), 20, mode);
                    CascadeResult same =
                            other.run(network, images, labels, new CascadeOptions().radii(array(all(64, radius))));
                    assertSame(whole, same, images);
                }
            });
            assertThat(whole.brokenBy()).contains(0, 1, CascadeResult.ROBUST);
        }
    }

    private static void assertSame(CascadeResult one, CascadeResult two, NDArray images) {
        assertThat(two.brokenBy()).isEqualTo(one.brokenBy());
        assertThat(two.adversarial(images).toFloatArray())
                .isEqualTo(one.adversarial(images).toFloatArray());
    }

    /** Each image fares as in a run of its own radius, and none leaves it. */
    @ParameterizedTest
    @MethodSource("normsAndModes")
    void mixedRadiiAreTheUnionOfRunsOfOneRadius(String norm, Mode mode) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            float[] steps = norm.equals("linf") ? LINF : L2;
            float[] radii = new float[64];
            for (int i = 0; i < 64; i++) {
                radii[i] = steps[i % steps.length];
            }
            Tape.free(() -> {
                Cascade cascade = CascadeRulesTest.small(AaGolden.ball(norm, 0.3f), 20, mode);
                CascadeResult mixed = cascade.run(network, images, labels, new CascadeOptions().radii(array(radii)));
                NDArray adversarial = mixed.adversarial(images);
                for (int i = 0; i < 64; i++) {
                    assertThat(PerturbationVerifier.inside(
                                    cascade.ball(),
                                    radii[i],
                                    images.get(i).toFloatArray(),
                                    adversarial.get(i).toFloatArray()))
                            .isTrue();
                }
                assertThat(mixed.warnings()).noneMatch(warning -> warning.code() == Warning.Code.OUTSIDE);
                if (mode == Mode.FAST) {
                    assertUnion(mixed.brokenBy(), steps, norm, network, images, labels);
                }
                assertThat(mixed.brokenBy()).contains(1, CascadeResult.ROBUST);
            });
        }
    }

    private static void assertUnion(
            int[] mixed, float[] steps, String norm, Network network, NDArray images, NDArray labels) {
        for (int part = 0; part < steps.length; part++) {
            Ball ball = AaGolden.ball(norm, Math.max(steps[part], 1e-9f));
            int[] alone = CascadeRulesTest.small(ball, 20, Mode.FAST)
                    .run(network, images, labels)
                    .brokenBy();
            for (int i = part; i < 64; i += steps.length) {
                assertThat(mixed[i]).as("image %d at radius %s", i, steps[part]).isEqualTo(alone[i]);
            }
        }
    }

    @Test
    void autoAttackTakesThemToo() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images").get("0:4");
                NDArray labels = network.logits(images).argMax(1);
                AutoAttack attack = new AutoAttack(new Linf(0.5f));
                NDArray adversarial = attack.perturb(network, images, labels, array(0.5f, 0, 0.5f, 0), Noise.of(1));
                float[] moved = SearchRegion.norm(true, adversarial.sub(images)).toFloatArray();
                assertThat(moved[0]).isBetween(0.01f, 0.500001f);
                assertThat(moved[1]).isZero();
                assertThat(moved[2]).isPositive();
                assertThat(moved[3]).isZero();
            });
        }
    }

    /** A verifier that looked at the ball's radius would let this pass. */
    @Test
    void eachImageIsHeldToItsOwnRadius() {
        record Far(Ball ball) implements MultiRoundAttack {
            @Override
            public int rounds(int classes) {
                return 1;
            }

            @Override
            public SearchResult search(Network victim, Attempts tasks) {
                NDArray images =
                        tasks.images().add(Torch.constant(ball.radius())).minimum(Torch.constant(1));
                boolean[] broken = new boolean[tasks.size()];
                Arrays.fill(broken, true);
                return new SearchResult(images, broken);
            }
        }
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images").get("0:10");
                NDArray labels = network.logits(images).argMax(1);
                for (Mode mode : Mode.values()) {
                    var cascade = new Cascade("far", java.util.List.of(new Far(new Linf(0.4f))), 5, mode, 0);
                    var checkless = new CascadeOptions().checks(false);
                    CascadeResult wide = cascade.run(network, images, labels, checkless);
                    CascadeResult narrow = cascade.run(network, images, labels, checkless.radii(array(all(10, 0.3f))));
                    assertThat(wide.brokenBy()).contains(1);
                    assertThat(narrow.brokenBy()).containsOnly(CascadeResult.ROBUST);
                    assertThat(narrow.warnings()).anyMatch(w -> w.code() == Warning.Code.OUTSIDE && w.number() > 0);
                }
            });
        }
    }

    @Test
    void radiiThatDoNotFitAreRefusedInOneSentence(@TempDir Path folder) {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images").get("0:3");
                NDArray labels = golden.get("labels").get("0:3");
                Cascade cascade = CascadeRulesTest.small(new Linf(0.05f), 2, Mode.FAST);
                assertThatThrownBy(() ->
                                cascade.run(network, images, labels, new CascadeOptions().radii(array(0.1f, 0.1f))))
                        .hasMessage("There is one float radius for each of the 3 images, not float32 (2).");
                assertThatThrownBy(() ->
                                cascade.run(network, images, labels, new CascadeOptions().radii(array(0.1f, -1, 0.1f))))
                        .hasMessage("The radius of an image is a number of at least 0, not -1.0.");
                var fixed = new Cascade(new Pgd(new Linf(0.05f), 2));
                NDArray radii = array(0.1f, 0.1f, 0.1f);
                assertThatThrownBy(() -> fixed.run(network, images, labels, new CascadeOptions().radii(radii)))
                        .hasMessageStartingWith("The attack PGD-2 takes one radius for all images; Apgd,");
                CascadeOptions noted = new CascadeOptions().journal(folder.resolve("journal"));
                cascade.run(network, images, labels, noted);
                assertThatThrownBy(() -> cascade.run(network, images, labels, noted.radii(radii)))
                        .hasMessageContaining("belongs to another run");
            });
        }
    }
}
