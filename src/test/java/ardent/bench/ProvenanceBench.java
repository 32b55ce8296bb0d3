package ardent.bench;

import ardent.Ardent;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.data.Images;
import ardent.method.Crdnd;
import ardent.method.Rslad;
import ardent.method.Trades;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.progress.Listener;
import ardent.progress.Work;
import ardent.provenance.Description;
import ardent.report.Report;
import ardent.train.Plan;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What it costs to know where a number comes from: {@code mvn -Pbench -Dtest=ProvenanceBench}. */
class ProvenanceBench {
    private static final int REPEATS = Integer.getInteger("bench.repeats", 100);

    @Test
    void capture() {
        Work.listener(Listener.none());
        var ball = new Linf(0.05f);
        Images data = Tiny.images(80, 1);
        Plan plan = Plan.quick().epochs(1).batchSize(40).validation(20);
        try (var first = Ardent.train(new SmallCnn(4), new Trades(ball), data, plan);
                var second = Ardent.train(new SmallCnn(4), new Rslad(first, ball), data, plan);
                var student = Ardent.train(new SmallCnn(16), Crdnd.residualRelation(second, ball), data, plan);
                var large = Classifier.of(new SmallCnn(), new ai.djl.ndarray.types.Shape(1, 28, 28), 10, 0)) {
            Report report = Ardent.evaluate(List.of(student), data, new Pgd(ball, 3));
            String network = report.robustness().outcomes().get(0).name();
            System.out.printf(
                    "%nProvenance of a CRDND student of an RSLAD student of a TRADES network, %d times warm%n",
                    REPEATS);
            print(
                    "student: description and OLCUT",
                    () -> Description.of(student).provenance());
            print(
                    "report: environment, git asked twice",
                    () -> Report.of(report.robustness()).environment());
            print("report: description and OLCUT", () -> report.provenance().olcut());
            print("both together, environment and all", () -> {
                Description.of(student).provenance();
                return Report.of(report.robustness()).provenance().olcut();
            });
            print(
                    "OLCUT's JSON of the report",
                    () -> report.provenance().description().olcut());
            print(
                    "one number of the report",
                    () -> report.provenance(network, "PGD-3").olcut());
            print("hash of 166,454 weights", () -> Weights.sha256(large.layers().all()));
            print("hash of the file of 166,454 weights", large::sha256);
        }
    }

    /** Half of the calls are for warming up; median, least and largest of the others. */
    private static void print(String what, java.util.function.Supplier<Object> work) {
        double[] milliseconds = new double[REPEATS];
        for (int i = -REPEATS; i < REPEATS; i++) {
            long start = System.nanoTime();
            work.get();
            milliseconds[Math.max(0, i)] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(milliseconds);
        System.out.printf(
                Locale.ROOT,
                "  %-40s %8.2f ms, %.2f to %.2f%n",
                what,
                milliseconds[REPEATS / 2],
                milliseconds[0],
                milliseconds[REPEATS - 1]);
    }
}
