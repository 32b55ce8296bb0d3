package ardent.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ardent.attack.Attack;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Transfer;
import ardent.data.Images;
import ardent.data.Mnist;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.ResNet18;
import ardent.network.SmallCnn;
import ardent.network.WideResNet;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransferTest {
    @Test
    void explore() {
        Images train = Mnist.load().train().take(2000);
        Images test = Mnist.load().test().take(200);
        Plan plan = Plan.quick().epochs(3).validation(0);
        long t0 = System.nanoTime();
        Classifier a = trained(new ResNet18(4), new Natural(), train, plan);
        Classifier b = trained(new SmallCnn(8), new Natural(), train, plan);
        Classifier box = trained(new WideResNet(10, 1), new Natural(), train, plan.seed(5));
        System.out.println("teachers " + (System.nanoTime() - t0) / 1e9);
        for (Architecture arch : List.of(new SmallCnn(4), new ResNet18(2))) {
            for (Method m : List.of(
                    new Natural(),
                    new Ckl(List.<Network>of(a, b), 0, true),
                    new Ckl(List.<Network>of(a, b), 1, false),
                    new Ckl(List.<Network>of(a, b), 1, true),
                    new Ckl(List.<Network>of(a, b), 3, true))) {
                t0 = System.nanoTime();
                Classifier s = trained(arch, m, train, plan);
                for (float eps : new float[] {0.1f, 0.2f}) {
                    Attack pgd = new Pgd(new Linf(eps), 10);
                    System.out.println(
                            arch + " " + m.label() + (m instanceof Ckl c ? c.gradients() + "" + c.reconcile() : "")
                                    + " eps " + eps + " box clean " + accuracy(box, null, test)
                                    + " self " + accuracy(s, pgd, test) + " transfer "
                                    + accuracy(box, new Transfer(pgd, s), test) + " white " + accuracy(box, pgd, test)
                                    + " s " + (System.nanoTime() - t0) / 1e9);
                }
            }
        }
    }

    private static Classifier trained(Architecture architecture, Method method, Images data, Plan plan) {
        try (var training = new Training(architecture, method, data, plan)) {
            return training.run(Tasks.silent()).student();
        }
    }

    private static float accuracy(Network network, Attack attack, Images data) {
        try (NDArray images = data.pixels(Torch.manager());
                NDArray labels = data.labels(Torch.manager());
                NDArray right = Tape.quiet(() -> Tape.scope(() -> {
                    NDArray x = attack == null ? images : attack.perturb(network, images, labels, Noise.of(0));
                    return network.logits(x)
                            .argMax(1)
                            .eq(labels)
                            .toType(DataType.FLOAT32, false)
                            .mean();
                }))) {
            return right.getFloat();
        }
    }
}
