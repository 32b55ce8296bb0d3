package ardent.attack.search;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.CascadeOptions;
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
import ardent.attack.Square;
import ardent.network.Network;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine frees nothing by itself: what a search holds does not grow from step to step, and nothing stays behind. */
class SearchMemoryTest {
    private static int arrays() {
        return Torch.manager().getManagedArrays().size();
    }

    static Stream<Attack> searches() {
        var attacks = new ArrayList<Attack>();
        for (Ball ball : List.of(new Linf(0.05f), new L2(0.3f))) {
            for (Mode mode : Mode.values()) {
                attacks.add(new Apgd(ball, Goal.CE, 12, 1, 1, mode));
                attacks.add(new ApgdT(ball, Goal.TARGETED_DLR, 12, 1, 1, mode));
                attacks.add(new Fab(ball, 8, 1, mode));
                attacks.add(new FabT(ball, 8, 1, 1, mode));
            }
            attacks.add(new Square(ball, 30));
            attacks.add(new Pgd(ball, 10));
            attacks.add(new MiFgsm(ball));
        }
        attacks.add(new CwL2(30, 1, 0.01f, 0.1f, 0));
        attacks.add(new DeepFool(10, 10, 0.02f));
        return attacks.stream();
    }

    /** Eight images near the boundaries, some of which fall early, some late and some never. */
    @ParameterizedTest
    @MethodSource("searches")
    void whatASearchHoldsDoesNotGrow(Attack attack) {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray weight = Torch.keep(Noise.of(2).normal(new Shape(36, 5)));
            weight.attach(manager);
            var held = new ArrayList<Integer>();
            var sizes = new ArrayList<Long>();
            Network network = x -> {
                held.add(arrays());
                sizes.add(x.getShape().get(0));
                return x.reshape(x.getShape().get(0), -1).matMul(weight);
            };
            NDArray images = Torch.keep(Noise.of(3).uniform(0, 1, new Shape(8, 1, 6, 6)));
            images.attach(manager);
            NDArray labels = network.logits(images).argMax(1);
            labels.attach(manager);
            Tape.free(() -> attack.perturb(network, images, labels, Noise.of(1)));
            int before = arrays();
            held.clear();
            sizes.clear();
            Tape.free(() -> attack.perturb(network, images, labels, Noise.of(1)));
            assertThat(arrays()).as("nothing stays behind").isEqualTo(before);
            // Calls before images fell and after it or, where none is dropped, the two halves; without those that make
            // ready.
            int first = attack instanceof Fab ? 1 : attack instanceof FabT ? 2 : 4;
            int full = (int) sizes.stream().filter(size -> size == 8).count();
            int middle = full < held.size()
                    ? sizes.indexOf(
                            sizes.stream().filter(size -> size < 8).findFirst().orElseThrow())
                    : full / 2;
            List<Integer> early = held.subList(first, middle);
            List<Integer> late = held.subList(middle, held.size() - 1);
            assertThat(Collections.min(late)).as("%s", held).isLessThanOrEqualTo(Collections.min(early));
            assertThat(Collections.max(late)).as("%s", held).isLessThanOrEqualTo(Collections.max(early));
        }
    }

    /** A cascade hands back its radii, and the copy of the network on which it searches. */
    @Test
    void cascadesCloseWhatTheyMade() {
        try (var network = ardent.GoldenNet.load("model-tiny");
                var golden = new ardent.Golden("model-tiny")) {
            NDArray images = golden.get("images").get("0:4");
            NDArray labels = golden.get("labels").get("0:4");
            for (Mode mode : Mode.values()) {
                var cascade = new Cascade("small", List.of(new Square(new Linf(0.05f), 3)), 2, mode, 0);
                CascadeOptions quiet = new CascadeOptions().checks(false);
                cascade.run(network, images, labels, quiet);
                int before = arrays();
                cascade.run(network, images, labels, quiet);
                assertThat(arrays()).as("%s", mode).isEqualTo(before);
            }
        }
    }
}
