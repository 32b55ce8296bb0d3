package ardent.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Apgd;
import ardent.attack.ApgdT;
import ardent.attack.Attack;
import ardent.attack.AutoAttack;
import ardent.attack.Ball;
import ardent.attack.Cascade;
import ardent.attack.CascadeResult;
import ardent.attack.CwLinf;
import ardent.attack.FabT;
import ardent.attack.Fgsm;
import ardent.attack.Goal;
import ardent.attack.Linf;
import ardent.attack.Mode;
import ardent.attack.Pgd;
import ardent.attack.Square;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.Passes;
import ardent.network.Precision;
import ardent.network.ResNet;
import ardent.network.SmallCnn;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What attacks cost beside the passes of the network that they attack, which they fold meanwhile: {@code mvn -Pbench}. */
class AttackBench {
    private static final int REPEATS = Integer.getInteger("bench.repeats", 15);

    @Test
    void attacks() {
        System.out.printf(
                "%s, %d threads, %s %s%n",
                Torch.version(), Torch.threads(), System.getProperty("os.name"), System.getProperty("os.arch"));
        attacks(new SmallCnn(), new Shape(1, 28, 28), 128, 20, 8);
        if (!Boolean.getBoolean("bench.quick")) {
            attacks(new ResNet(18), new Shape(3, 32, 32), 32, 3, 5); // what is left costs nothing beside it
        }
    }

    private static void attacks(Architecture architecture, Shape image, int batch, int steps, int count) {
        try (var network = Classifier.of(architecture, image, 10, 3)) {
            network.freeze(true);
            NDArray images = Noise.of(1).uniform(0, 1, new Shape(batch).addAll(image));
            NDArray labels = Tape.quiet(() -> network.logits(images).argMax(1));
            Ball ball = new Linf(1e-6f); // nothing breaks, so that every attack does all its work
            System.out.printf("%n%s, batch %d%n", architecture, batch);
            List<Attack> attacks = List.of(
                    new Fgsm(ball),
                    new Pgd(ball, steps),
                    new Apgd(ball, Goal.CE).steps(steps),
                    new Apgd(ball, Goal.DLR).steps(steps),
                    new ApgdT(ball).targets(1).steps(steps),
                    new CwLinf(ball),
                    new FabT(ball, steps, 1, 1, Mode.PARITY),
                    new Square(ball, 5 * steps));
            for (Attack attack : attacks.subList(0, count)) {
                compare(attack, network, images, labels, steps);
            }
            if (Precision.BFLOAT16.isFast()) {
                compare(new Pgd(ball, steps).precision(Precision.BFLOAT16), network, images, labels, steps);
            }
            images.close();
            labels.close();
        }
    }

    /** The attack against as many passes of the bare network, measured in turn; the median of the ratios counts. */
    private static void compare(Attack attack, Network network, NDArray images, NDArray labels, int steps) {
        double[] ratios = new double[REPEATS];
        double best = Double.MAX_VALUE;
        double forwards = 0;
        double backwards = 0;
        for (int i = 0; i < REPEATS; i++) {
            double forward = each(steps, () -> network.logits(images));
            double backward = each(steps, () -> gradient(network, images, labels));
            long asked = Passes.forwards();
            long followed = Passes.backwards();
            double time = seconds(() -> attack.perturb(network, images, labels));
            backwards =
                    (double) (Passes.backwards() - followed) / images.getShape().get(0);
            forwards = (double) (Passes.forwards() - asked) / images.getShape().get(0);
            ratios[i] = time / ((forwards - backwards) * forward + backwards * backward);
            best = Math.min(best, time);
        }
        Arrays.sort(ratios);
        System.out.printf(
                Locale.ROOT,
                "  %-18s %5.0f forwards %4.0f backwards %8.1f images/s  %8.2f ms, of the bare passes %.2f [%.2f, %.2f]%n",
                attack.label(),
                forwards,
                backwards,
                images.getShape().get(0) / best,
                1000 * best,
                ratios[REPEATS / 2],
                ratios[REPEATS / 4],
                ratios[REPEATS - 1 - REPEATS / 4]);
    }

    private static void gradient(Network network, NDArray images, NDArray labels) {
        Tape.differentiate(images, x -> new NDList(Losses.crossEntropy(network.logits(x), labels)));
    }

    @Test
    void cascades() {
        int count = Integer.getInteger("bench.images", 256);
        try (var network = Classifier.of(new SmallCnn(), new Shape(1, 28, 28), 10, 3)) {
            network.freeze(true);
            NDArray images = Noise.of(1).uniform(0, 1, new Shape(count, 1, 28, 28));
            NDArray labels = Tape.quiet(() -> network.logits(images).argMax(1));
            Ball ball = new Linf(radius(network, images, labels));
            System.out.printf("%nAutoAttack on SmallCnn, %d images, %s%n", count, ball);
            var attacks = new ArrayList<>(List.of(new AutoAttack(ball).mode(Mode.PARITY), new AutoAttack(ball)));
            if (Precision.BFLOAT16.isFast()) {
                attacks.add(new AutoAttack(ball).precision(Precision.BFLOAT16));
            }
            boolean[] first = {};
            for (AutoAttack attack : attacks) {
                double start = processor();
                CascadeResult result = attack.run(network, images, labels);
                System.out.printf(
                        Locale.ROOT, "%s, %.1f s of the processor%n%s%n", attack, processor() - start, result);
                boolean[] robust = result.robust();
                first = first.length == 0 ? robust : first;
                boolean[] parity = first;
                System.out.println(IntStream.range(0, count)
                                .filter(i -> parity[i] != robust[i])
                                .count() + " images differ from parity");
            }
        }
    }

    /** Seconds of the processor that this program has used. */
    private static double processor() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    }

    /** The radius at which about half of the images stand. */
    private static float radius(Network network, NDArray images, NDArray labels) {
        float low = 0;
        float high = 0.1f;
        for (int i = 0; i < 8; i++) {
            float middle = (low + high) / 2;
            var cascade = new Cascade(new Apgd(new Linf(middle), Goal.DLR).steps(10));
            boolean strong = cascade.run(network, images, labels).accuracy() < 0.5;
            low = strong ? low : middle;
            high = strong ? middle : high;
        }
        return low;
    }

    /** Seconds of one of several runs in a row, for as long as an attack repeats them too. */
    private static double each(int times, Runnable work) {
        return seconds(() -> {
                    for (int i = 0; i < times; i++) {
                        Tape.free(work);
                    }
                })
                / times;
    }

    /** Seconds of the processor on one thread, which other processes disturb least; of the clock on several. */
    private static double seconds(Runnable work) {
        var threads = ManagementFactory.getThreadMXBean();
        boolean alone = Torch.threads() == 1;
        long start = alone ? threads.getCurrentThreadCpuTime() : System.nanoTime();
        Tape.free(work);
        return ((alone ? threads.getCurrentThreadCpuTime() : System.nanoTime()) - start) / 1e9;
    }
}
