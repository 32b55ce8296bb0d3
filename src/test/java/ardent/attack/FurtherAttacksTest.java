package ardent.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.attack.search.Rows;
import ardent.attack.search.SearchRegion;
import ardent.data.AdversarialImages;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks beside AutoAttack, wrappers, curves, files and presets. */
class FurtherAttacksTest {
    @Test
    void picturesGoThroughNumpyFilesToTheLastBit(@TempDir Path folder) {
        Path file = folder.resolve("pictures.npz");
        try (var manager = Torch.manager().newSubManager()) {
            NDArray images = Noise.of(3).uniform(0, 1, new Shape(2, 1, 4, 3));
            NDArray labels = manager.create(new long[] {7, 2});
            new AdversarialImages(images, labels, Map.of("attack", "PGD-20 · ε")).save(file);
            var read = AdversarialImages.load(file, manager);
            assertThat(read.images().toFloatArray()).containsExactly(images.toFloatArray());
            assertThat(read.images().getShape()).isEqualTo(images.getShape());
            assertThat(read.labels().toLongArray()).containsExactly(7, 2);
            assertThat(read.about()).containsExactly(Map.entry("attack", "PGD-20 · ε"));
            images.close();
        }
    }

    /** On a linear network of two classes the shortest perturbation is known: |f| / ‖w‖, as long as no pixel clips. */
    @Test
    void shortestPerturbationsOfALinearNetworkAreFound() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = Torch.keep(Noise.of(5).normal(new Shape(2, 48)));
            weight.attach(manager);
            Network network = x -> x.reshape(x.getShape().get(0), -1).matMul(weight.transpose());
            Tape.free(() -> {
                NDArray images = Noise.of(6).uniform(0.4, 0.6, new Shape(8, 3, 4, 4));
                NDArray logits = network.logits(images);
                NDArray labels = logits.argMax(1);
                float length = weight.get(0).sub(weight.get(1)).norm().getFloat();
                float[] least = logits.get(":, 0").sub(logits.get(":, 1")).abs().toFloatArray();
                for (Attack attack : List.of(new DeepFool(), new CwL2(400, 9, 0.01f, 1e-2f, 0))) {
                    NDArray adversarial = attack.perturb(network, images, labels);
                    assertThat(Rows.right(network.logits(adversarial), labels).toBooleanArray())
                            .containsOnly(false);
                    float[] distances =
                            SearchRegion.norm(false, adversarial.sub(images)).toFloatArray();
                    for (int i = 0; i < 8; i++) {
                        double shortest = least[i] / length;
                        assertThat((double) distances[i])
                                .as("%s, image %d", attack.label(), i)
                                .isBetween(shortest - 1e-5, 1.05 * shortest + 2e-3);
                    }
                }
            });
        }
    }

    @Test
    void transferCraftsOnOneNetworkAndRestartsKeepTheFirstSuccess() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            Tape.free(() -> {
                NDArray images = golden.get("images");
                NDArray labels = golden.get("labels");
                Pgd pgd = new Pgd(new Linf(0.05f), 3);
                Network other = x -> network.logits(x).neg();
                assertThat(new Transfer(pgd, network)
                                .perturb(other, images, labels)
                                .toFloatArray())
                        .isEqualTo(pgd.perturb(network, images, labels).toFloatArray());
                long one = AttackContractTest.standing(pgd, network, golden);
                long both = AttackContractTest.standing(new WorstOf(pgd, new MiFgsm(new Linf(0.05f))), network, golden);
                assertThat(both).isLessThanOrEqualTo(one);
            });
        }
    }

    @Test
    void curvesFall() {
        try (var golden = new Golden("model-tiny");
                var network = GoldenNet.load("model-tiny")) {
            NDArray images = golden.get("images");
            NDArray labels = golden.get("labels");
            var radii = List.of(0f, 0.02f, 0.05f, 0.1f, 0.3f);
            Curve curve = Curve.of(network, images, labels, radii, e -> new Pgd(new Linf(e), 10), 25);
            assertThat(curve.accuracies()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
            assertThat(curve.accuracies().get(0)).isCloseTo(59 / 64.0, within(1e-9));
            assertThat(curve.accuracies().get(4)).isLessThan(0.2);
            Tape.free(() -> {
                NDArray near = new DeepFool().perturb(network, images, labels);
                Curve all = Curve.ofDistances(network, images, labels, near, false, radii, "DeepFool");
                assertThat(all.accuracies()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
                assertThat(all.accuracies().get(0)).isCloseTo(59 / 64.0, within(1e-9));
            });
            assertThatThrownBy(() -> new Curve("none", List.of(2f, 1f), List.of(0.1, 0.2)))
                    .hasMessageContaining("rising radii");
        }
    }

    @Test
    void picturesSurviveTheDiskToTheLastBit(@TempDir Path folder) {
        try (var golden = new Golden("model-tiny");
                NDManager manager = Torch.manager().newSubManager()) {
            Path file = folder.resolve("adversarial.safetensors");
            new AdversarialImages(golden.get("images"), golden.get("labels"), Map.of("attack", "none")).save(file);
            AdversarialImages loaded = AdversarialImages.load(file, manager);
            assertThat(loaded.images().toFloatArray()).isEqualTo(golden.floats("images"));
            assertThat(loaded.labels().toLongArray())
                    .isEqualTo(golden.get("labels").toLongArray());
            assertThat(loaded.about()).containsEntry("attack", "none");
            assertThatThrownBy(() -> AdversarialImages.load(folder.resolve("missing"), manager))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void presetsAreWhatTheirPapersSay() {
        Linf eight = new Linf(8 / 255f);
        Attack pgd = new Pgd(eight, 2 / 255f, 20, Start.uniform());
        Attack small = new Pgd(eight, 0.003f, 20, Start.uniform());
        Attack whole = new AutoAttack(eight, AutoAttack.Version.STANDARD, Mode.FAST, 250, 0);
        assertThat(Protocols.trades2019().attacks())
                .containsExactly(new Pgd(new Linf(0.031f), 0.003f, 20, new Start.Uniform(false)));
        assertThat(Protocols.rslad2021().attacks())
                .containsExactly(new Fgsm(eight, Start.clean()), pgd, small, margin(30, Start.uniform(), true), whole);
        assertThat(Protocols.iad2022().attacks())
                .containsExactly(new Fgsm(eight, Start.uniform()), pgd, margin(30, Start.uniform(), true));
        List<Attack> fair = Protocols.fairArd2023().attacks();
        assertThat(fair.subList(0, 3))
                .containsExactly(new Fgsm(eight, Start.gauss()), pgd, margin(20, Start.uniform(), true));
        assertThat(((Cascade) fair.get(3)).attacks())
                .containsExactly(
                        new Apgd(eight, Goal.CE, 10, 1, 1, Mode.PARITY),
                        new ApgdT(eight, Goal.TARGETED_DLR, 10, 9, 1, Mode.PARITY),
                        new FabT(eight, 10, 9, 1, Mode.PARITY),
                        new Square(eight, 5000, 1, 0.8, true));
        assertThat(Protocols.ciard2025().attacks())
                .containsExactly(
                        new Fgsm(eight, Start.clean()),
                        pgd,
                        small,
                        margin(30, Start.clean(), false),
                        new AutoAttack(eight, AutoAttack.Version.STANDARD, Mode.FAST, 128, 0));
        assertThat(Protocols.saad2025().attacks())
                .containsExactly(
                        new Fgsm(eight, Start.clean()),
                        pgd,
                        new Restarts(new CwLinf(eight, 2 / 255f, 50, 0, Start.uniform(), true), 10),
                        whole);
    }

    private static Attack margin(int steps, Start start, boolean boxed) {
        return new CwLinf(new Linf(8 / 255f), 2 / 255f, steps, 50, start, boxed);
    }

    @Test
    void presetsNameWhatDiffers() {
        assertThat(Protocols.difference(new Apgd(new Linf()).steps(10), new Apgd(new Linf())))
                .hasSize(1)
                .allMatch(line -> line.contains("steps: 10 instead of 100"));
        assertThat(Protocols.difference(Protocols.rslad2021(), Protocols.rslad2021()))
                .isEmpty();
        assertThat(Protocols.difference(Protocols.ciard2025(), Protocols.rslad2021()))
                .anyMatch(line -> line.contains("128 instead of 250"));
        assertThat(Protocols.trades2019().attacks().get(0).ball()).isEqualTo(new Linf(0.031f));
        for (var preset : List.of(
                Protocols.trades2019(),
                Protocols.rslad2021(),
                Protocols.iad2022(),
                Protocols.fairArd2023(),
                Protocols.ciard2025(),
                Protocols.saad2025())) {
            assertThat(preset.attacks()).isNotEmpty();
        }
    }
}
