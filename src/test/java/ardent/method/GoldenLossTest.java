package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.tensor.Losses;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Pieces of losses against values of the authors' own code; whole steps are in {@link GoldenStepTest}. */
class GoldenLossTest {
    @Test
    void contrastEqualsTheReference() {
        try (var golden = new Golden("method-infonce")) {
            NDArray labels = golden.get("labels");
            NDArray u = golden.get("studentAdv");
            NDArray w = Contrast.unit(golden.get("studentClean"));
            NDArray v = Contrast.unit(golden.get("teacherClean"));
            for (var each : golden.description().getAsJsonObject("parameters").getAsJsonArray("temperatures")) {
                float t = each.getAsFloat();
                String to = ".t" + each.getAsString() + ".";
                assertLoss(
                        golden,
                        "teacherStudent" + to + "loss",
                        "teacherStudent" + to + "grad.studentAdv",
                        u,
                        z -> Contrast.nce(Contrast.unit(z), v, null, t));
                assertLoss(
                        golden,
                        "teacherStudent" + to + "masked.loss",
                        "teacherStudent" + to + "masked.grad.studentAdv",
                        u,
                        z -> Contrast.nce(Contrast.unit(z), v, labels, t));
                assertLoss(
                        golden,
                        "studentStudent" + to + "loss",
                        "studentStudent" + to + "grad.studentAdv",
                        u,
                        z -> Contrast.nce(Contrast.unit(z), w, null, t));
                assertLoss(
                        golden,
                        "studentStudent" + to + "masked.loss",
                        "studentStudent" + to + "masked.grad.studentAdv",
                        u,
                        z -> Contrast.nce(Contrast.unit(z), w, labels, t));
                assertLoss(
                        golden,
                        "studentStudent" + to + "masked.loss",
                        "studentStudent" + to + "masked.grad.studentClean",
                        golden.get("studentClean"),
                        z -> Contrast.nce(Contrast.unit(u), Contrast.unit(z), labels, t));
                assertLoss(
                        golden,
                        "studentStudent" + to + "loss",
                        "studentStudent" + to + "grad.studentClean",
                        golden.get("studentClean"),
                        z -> Contrast.nce(Contrast.unit(u), Contrast.unit(z), null, t));
            }
        }
    }

    /** The case writes its table Q as a on the diagonal and (1 − a)·softmax(A) beside it. */
    @Test
    void mixtureThroughTheNoiseTableEqualsTheReference() {
        try (var golden = new Golden("method-dfnd-noise")) {
            NDArray logits = golden.get("teacherClean");
            NDArray labels = golden.get("labels");
            int classes = (int) logits.getShape().get(1);
            NDArray teacher = logits.softmax(1);
            assertThat(logits.argMax(1).toLongArray())
                    .isEqualTo(golden.get("teacherPrediction").toLongArray())
                    .hasSameSizeAs(labels.toLongArray());
            NDArray believed = Losses.oneHot(golden.get("teacherPrediction"), classes);
            golden.description().getAsJsonObject("parameters").asMap().forEach((name, of) -> {
                if (of.isJsonObject()) {
                    float right = golden.number(name, "a");
                    String table = of.getAsJsonObject().get("A").getAsString();
                    NDArray scores = golden.get(table.equals("zeros") ? name + ".A" : table);
                    NDArray mixture = table(scores, right, classes);
                    assertClose(golden.floats(name + ".Q"), mixture.toFloatArray(), 1e-6);
                    for (String form : new String[] {".", ".soft."}) {
                        NDArray aim = form.equals(".") ? believed : teacher;
                        assertLoss(
                                golden,
                                name + form + "loss",
                                name + form + "grad.studentClean",
                                "studentClean",
                                z -> Compensation.Transition.mixed(z, golden.get(name + ".Q"), aim)
                                        .mean());
                        assertLoss(
                                golden,
                                name + form + "loss",
                                name + form + "grad.A",
                                scores,
                                a -> Compensation.Transition.mixed(
                                                golden.get("studentClean"), table(a, right, classes), aim)
                                        .mean());
                    }
                }
            });
            NDArray four = Torch.constant(4);
            NDArray soft = logits.div(four);
            assertLoss(
                    golden,
                    "kd4.loss",
                    "kd4.grad.studentClean",
                    "studentClean",
                    z -> Losses.kl(z.div(four), soft).mean().mul(Torch.constant(16)));
        }
    }

    private static NDArray table(NDArray scores, float right, int classes) {
        NDArray others = scores.softmax(1).mul(Torch.constant(1 - right));
        NDArray none = others.get(":, :1").mul(Torch.constant(0));
        NDArray row = Torch.manager().arange(classes).expandDims(1);
        NDArray column = Torch.manager().arange(classes).expandDims(0);
        NDArray left = column.lt(row).toType(DataType.FLOAT32, false);
        NDArray behind = column.gt(row).toType(DataType.FLOAT32, false);
        return others.concat(none, 1)
                .mul(left)
                .add(none.concat(others, 1).mul(behind))
                .add(Torch.manager().eye(classes).mul(Torch.constant(right)));
    }

    /**
     * p·(log p − log q), as the authors' code computes it: near double precision everywhere, and nearly exact where both views
     * agree, where the log-softmax in the place of log p leaves 1e-7 of rounding.
     */
    @Test
    void divergenceOfMartIsThatOfDoublePrecision() {
        var random = new SplittableRandom(1);
        for (int trial = 0; trial < 50; trial++) {
            float[] clean = normal(random, 10);
            float[] close = normal(random, 10);
            assertThat(martError(clean, clean)).isLessThan(1e-10);
            for (int k = 0; k < close.length; k++) {
                close[k] = clean[k] + 0.1f * close[k];
            }
            assertThat(martError(clean, close)).isLessThan(5e-7);
        }
    }

    /** How far MART's divergence of one image of label 0 is from that of double precision. */
    private static double martError(float[] clean, float[] attacked) {
        try (var manager = Torch.manager().newSubManager()) {
            var shape = new Shape(1, clean.length);
            NDArray z = manager.create(clean, shape);
            NDArray attack = manager.create(attacked, shape);
            double[] p = InDouble.softmax(InDouble.of(z)[0]);
            double[] q = InDouble.softmax(InDouble.of(attack)[0]);
            double divergence = 0;
            for (int k = 0; k < p.length; k++) {
                divergence += p[k] * (Math.log(p[k]) - Math.log(q[k] + 1e-12));
            }
            double expected = divergence * (1.0000001 - p[0]);
            Terms terms = Mart.loss(z, attack, manager.create(new long[] {0}), 1);
            return Math.abs(terms.list().get(2).value().getFloat() - expected);
        }
    }

    private static float[] normal(SplittableRandom random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (3 * random.nextGaussian());
        }
        return values;
    }

    static void assertLoss(Golden golden, String loss, String gradient, String at, UnaryOperator<NDArray> objective) {
        assertLoss(golden, loss, gradient, golden.get(at), objective);
    }

    static void assertLoss(Golden golden, String loss, String gradient, NDArray at, UnaryOperator<NDArray> objective) {
        assertLoss(golden, loss, gradient, at, objective, 1e-5f);
    }

    static void assertLoss(
            Golden golden, String loss, String gradient, NDArray at, UnaryOperator<NDArray> objective, float digits) {
        float expected = golden.scalar(loss);
        assertThat(objective.apply(at).getFloat()).isCloseTo(expected, within(digits * Math.abs(expected)));
        // Where a loss does not see these logits the gradient is 0, which the engine gives only of what it has seen.
        UnaryOperator<NDArray> seen = z -> objective.apply(z).add(z.sum().mul(Torch.constant(0)));
        assertClose(golden.floats(gradient), Tape.gradient(at, seen).toFloatArray(), 1e-5);
    }

    static void assertClose(float[] expected, float[] actual, double tolerance) {
        double scale = 0;
        for (float e : expected) {
            scale = Math.max(scale, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .as("entry %d", i)
                    .isCloseTo(expected[i], within(tolerance * Math.max(scale, 1e-6)));
        }
    }
}
