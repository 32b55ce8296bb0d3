package ardent.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.method.Crdnd;
import ardent.method.Method;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.method.Trades;
import ardent.network.Classifier;
import ardent.network.Precision;
import ardent.network.ResNet;
import ardent.progress.Work;
import ardent.tensor.Optimiser;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Averaging;
import ardent.train.Perturbation;
import ardent.train.Plan;
import ardent.train.Training;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a training step costs beyond its forwards and backwards: {@code mvn -Pbench}. */
class TrainingBench {
    private static final int REPEATS = Integer.getInteger("bench.repeats", 5);
    private static final int BATCH = 32;
    private static final Images DATA = images((1 + REPEATS) * BATCH);
    private static final Plan PLAN =
            new Plan(1, BATCH, 0.01f, 0.9f, false, 2e-4f, new ardent.train.Schedule.Constant(), 0, 0, 0, true, 0);

    /** Forwards and backwards of one step by kind: evaluation, ascent in the images, learning, the teacher's evaluation. */
    private record Passes(int plain, int ascents, int lessons, int teacher) {
        double seconds(double[] cost) {
            return plain * cost[0] + ascents * cost[1] + lessons * cost[2] + teacher * cost[0];
        }
    }

    @Test
    void steps() {
        int width = Integer.getInteger("bench.width", 64);
        System.out.printf(
                "%n%s, %d threads, %s %s, ResNet(18, %d), batch %d, teacher alike%n",
                Torch.version(),
                Torch.threads(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                width,
                BATCH);
        Linf ball = new Linf();
        try (var teacher = Classifier.of(new ResNet(18, width), DATA.shape(), 10, 9)) {
            teacher.freeze(true);
            print(width, new Sat(ball), PLAN, new Passes(0, 10, 1, 0));
            print(width, new Trades(ball), PLAN, new Passes(1, 10, 2, 0));
            print(width, new Rslad(teacher, ball), PLAN, new Passes(0, 10, 2, 1));
            print(width, Crdnd.residualRelation(teacher, ball), PLAN, new Passes(0, 10, 2, 1));
            if (Precision.BFLOAT16.isFast()) {
                Plan low = PLAN.precision(Precision.BFLOAT16);
                print(width, new Rslad(teacher, ball), low, new Passes(0, 10, 2, 1));
                print(width, Crdnd.residualRelation(teacher, ball), low, new Passes(0, 10, 2, 1));
            }
            print(width, new Sat(ball), PLAN.averaging(Averaging.ema(0.995)), new Passes(0, 10, 1, 0));
            print(width, new Sat(ball), PLAN.perturbation(Perturbation.awp(0.005)), new Passes(0, 10, 2, 0));
        }
    }

    /** Parts and steps take turns, so that a busy machine disturbs both alike; the least of each counts. */
    private static void print(int width, Method method, Plan plan, Passes work) {
        var cost = new double[] {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
        var best = new double[] {Double.MAX_VALUE};
        try (var training = new Training(new ResNet(18, width), method, DATA, plan);
                var bare = Classifier.of(new ResNet(18, width), DATA.shape(), 10, 3);
                var optimiser = Optimiser.sgd(bare.layers().learnable().values(), 0.9, 2e-4, false);
                var manager = Torch.manager().newSubManager()) {
            int[] first = IntStream.range(0, BATCH).toArray();
            NDArray images = DATA.pixels(manager, first);
            training.run(new Work.Task() {
                private double start = clock();
                private long before;

                @Override
                public void report(String phase, long done, long total, Map<String, String> figures) {
                    if (done == before) { // the epoch's end, no step
                        return;
                    }
                    before = done;
                    best[0] = Math.min(best[0], clock() - start);
                    cost[0] = Math.min(cost[0], seconds(() -> bare.logits(images)));
                    cost[1] = Math.min(cost[1], seconds(() -> Tape.gradient(images, x -> bare.logits(x))));
                    cost[2] = Math.min(
                            cost[2],
                            seconds(() -> Tape.record(
                                    () -> bare.learn(images).logits().mean())));
                    optimiser.forget();
                    start = clock();
                }

                @Override
                public boolean stopping() {
                    return false;
                }
            });
        }
        double model = work.seconds(cost);
        System.out.printf(
                Locale.ROOT,
                "  %-7s %-22s %8.0f ms, of which forwards and backwards %8.0f ms: %+.1f %%  %s%n",
                method.label(),
                extras(plan),
                1000 * best[0],
                1000 * model,
                100 * (best[0] / model - 1),
                List.of(Math.round(1000 * cost[0]), Math.round(1000 * cost[1]), Math.round(1000 * cost[2])));
    }

    private static String extras(Plan plan) {
        return Stream.of(plan.averaging(), plan.perturbation(), plan.precision())
                .filter(part -> !List.of(Averaging.none(), Perturbation.none(), Precision.FLOAT32)
                        .contains(part))
                .map(Object::toString)
                .collect(Collectors.joining(", "));
    }

    private static Images images(int count) {
        byte[] pixels = new byte[count * 3 * 32 * 32];
        new Random(1).nextBytes(pixels);
        int[] labels = IntStream.range(0, count).map(i -> i % 10).toArray();
        List<String> names = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        return Images.of("random", pixels, labels, new Shape(3, 32, 32), names);
    }

    private static double seconds(Runnable work) {
        double start = clock();
        Tape.free(work);
        return clock() - start;
    }

    /** Seconds of the processor on one thread, which other processes disturb least; of the clock on several. */
    private static double clock() {
        return (Torch.threads() == 1
                        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
                        : System.nanoTime())
                / 1e9;
    }
}
