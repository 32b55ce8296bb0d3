package ardent.method;

import static ardent.method.InDouble.crossEntropy;
import static ardent.method.InDouble.dot;
import static ardent.method.InDouble.kl;
import static ardent.method.InDouble.linear;
import static ardent.method.InDouble.softmax;
import static ardent.method.InDouble.unit;

import ardent.method.Compensation.Input;
import ardent.method.Compensation.Target;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** CRDND's formula once more, in double precision and image by image, for five images of three classes. */
final class CrdndFormula {
    static final int[] LABELS = {0, 2, 1, 2, 0};

    private CrdndFormula() {}

    /** All numbers of a step by name; what is held still is read from another copy. */
    static final class Numbers extends LinkedHashMap<String, double[][]> {
        double[][] rows(String name) {
            return Objects.requireNonNull(get(name), name);
        }

        double[] row(String name) {
            return rows(name)[0];
        }

        Numbers copy() {
            var copy = new Numbers();
            forEach((name, rows) ->
                    copy.put(name, Stream.of(rows).map(double[]::clone).toArray(double[][]::new)));
            return copy;
        }
    }

    /** Terms of the loss; {@code still} is what no gradient may reach. */
    static Map<String, Double> terms(Crdnd method, Numbers now, Numbers still) {
        var terms = new LinkedHashMap<String, Double>();
        double attacked = 0;
        double clean = 0;
        for (int i = 0; i < LABELS.length; i++) {
            attacked += distance(method.compensation(), true, i, now, still) / LABELS.length;
            clean += distance(method.compensation(), false, i, now, still) / LABELS.length;
        }
        terms.put("adversarial", method.robust() * attacked);
        terms.put("clean", (1 - method.robust()) * clean);
        if (!(method.contrast() instanceof Contrast.None) && method.contrastWeight() > 0) {
            terms.put("contrast", method.contrastWeight() * contrast(method.contrast(), now));
        }
        Compensation taught = method.compensation() instanceof Compensation.Tempered tempered
                ? tempered.corrected()
                : method.compensation();
        if (taught instanceof Compensation.Residual residual) {
            double lesson = lesson(residual, "Clean", now);
            if (residual.target() == Target.ADVERSARIAL) {
                lesson = 0.5 * lesson + 0.5 * lesson(residual, "Adv", now);
            }
            terms.put("compensation", method.compensationWeight() * lesson);
        } else if (method.compensation() instanceof Compensation.Transition) {
            double sum = 0;
            for (int i = 0; i < LABELS.length; i++) {
                int believed = top(now.rows("teacher.logits.Clean")[i]);
                sum -= Math.log(softmax(now.rows("compensation/scores")[LABELS[i]])[believed]) / LABELS.length;
            }
            terms.put("compensation", method.compensationWeight() * sum);
        }
        return terms;
    }

    private static double[] over(double[] logits, double temperature) {
        return Arrays.stream(logits).map(logit -> logit / temperature).toArray();
    }

    /** The least τ ≥ 1 with a mean entropy of at least H. */
    private static double temperature(double[][] logits, double entropy) {
        double low = 1;
        double high = mean(logits, 1) < entropy ? 64 : 1;
        while (high - low > 1e-9) {
            double middle = (low + high) / 2;
            low = mean(logits, middle) < entropy ? middle : low;
            high = low == middle ? high : middle;
        }
        return high;
    }

    private static double mean(double[][] logits, double temperature) {
        return Arrays.stream(logits)
                .limit(LABELS.length)
                .mapToDouble(entropy(temperature))
                .average()
                .orElseThrow();
    }

    private static ToDoubleFunction<double[]> entropy(double temperature) {
        return logits -> -Arrays.stream(softmax(over(logits, temperature)))
                .map(q -> q * Math.log(q))
                .sum();
    }

    /** D(x'_i) or D(x_i). */
    static double distance(Compensation form, boolean attack, int i, Numbers now, Numbers still) {
        String view = attack ? "Adv" : "Clean";
        double[] student = softmax(now.rows("student.logits." + view)[i]);
        double[] calm = softmax(still.rows("teacher.logits.Clean")[i]);
        double[] shaken = softmax(still.rows("teacher.logits.Adv")[i]);
        int label = LABELS[i];
        if (form instanceof Compensation.Residual residual) {
            return kl(softmax(target(residual, view, i, still)), student);
        }
        if (form instanceof Compensation.Tempered tempered) {
            double moved = 0;
            for (int k = 0; k < calm.length; k++) {
                moved += 0.5 * Math.abs(calm[k] - shaken[k]);
            }
            double temperature = tempered.temperature() + tempered.instability() * moved;
            double[] logits = tempered.corrected() instanceof Compensation.Residual residual
                    ? target(residual, view, i, still)
                    : still.rows("teacher.logits.Clean")[i].clone();
            for (int k = 0; k < logits.length; k++) {
                logits[k] /= temperature;
            }
            return kl(softmax(logits), student);
        }
        if (form instanceof Compensation.Softened softened) {
            double[][] logits = still.rows("teacher.logits.Clean");
            return kl(
                    softmax(over(logits[i], temperature(logits, softened.share() * Math.log(logits[i].length)))),
                    student);
        }
        if (form instanceof Compensation.Transition) {
            double[] mixed = new double[calm.length];
            for (int k = 0; k < calm.length; k++) {
                double[] row = softmax(still.rows("compensation/scores")[k]);
                for (int j = 0; j < calm.length; j++) {
                    mixed[j] += student[k] * row[j];
                }
            }
            return kl(calm, mixed);
        }
        if (form instanceof Compensation.Correction correction) {
            double other = IntStream.range(0, calm.length)
                    .filter(k -> k != label)
                    .mapToDouble(k -> calm[k])
                    .max()
                    .orElseThrow();
            double lead = calm[label] - other;
            double share = lead > 0 ? 0 : (correction.margin() - lead) / (1 - lead);
            return kl(mixed(calm, label, 1 - share), student);
        }
        if (form instanceof Compensation.Reliance reliance) {
            double witness = (attack ? shaken : calm)[label];
            return kl(mixed(calm, label, Math.pow(witness, reliance.power())), student);
        }
        return kl(calm, student);
    }

    /** share·p + (1 − share)·e_y. */
    private static double[] mixed(double[] p, int label, double share) {
        double[] mixed = new double[p.length];
        for (int k = 0; k < p.length; k++) {
            mixed[k] = share * p[k] + (k == label ? 1 - share : 0);
        }
        return mixed;
    }

    /** The corrected logits that the term of a view has for target. */
    private static double[] target(Compensation.Residual form, String view, int i, Numbers from) {
        return corrected(form, form.target() == Target.CLEAN ? "Clean" : view, i, from);
    }

    /** z_T + W₂·max(W₁·input + b₁, 0) + b₂. */
    private static double[] corrected(Compensation.Residual form, String view, int i, Numbers from) {
        String input = form.input() == Input.LOGITS ? "teacher.logits." : "teacher.features.";
        double[] hidden = linear(
                from.rows(input + view)[i],
                from.rows("compensation/first.weight"),
                from.row("compensation/first.bias"));
        for (int k = 0; k < hidden.length; k++) {
            hidden[k] = Math.max(hidden[k], 0);
        }
        double[] change = linear(hidden, from.rows("compensation/last.weight"), from.row("compensation/last.bias"));
        double[] corrected = from.rows("teacher.logits." + view)[i].clone();
        for (int k = 0; k < corrected.length; k++) {
            corrected[k] += change[k];
        }
        return corrected;
    }

    private static double lesson(Compensation.Residual form, String view, Numbers now) {
        double sum = 0;
        for (int i = 0; i < LABELS.length; i++) {
            double[] corrected = corrected(form, view, i, now);
            double[] teacher = softmax(now.rows("teacher.logits." + view)[i]);
            sum += crossEntropy(corrected, LABELS[i]) + form.keep() * kl(teacher, softmax(corrected));
        }
        return sum / LABELS.length;
    }

    private static double contrast(Contrast form, Numbers now) {
        if (form instanceof Contrast.Both both) {
            return contrast(both.first(), now) + both.weight() * contrast(both.second(), now);
        }
        if (form instanceof Contrast.SelfRelation) {
            double sum = 0;
            for (int i = 0; i < LABELS.length; i++) {
                double[] clean = softmax(now.rows("student.logits.Clean")[i]);
                sum += kl(clean, softmax(now.rows("student.logits.Adv")[i])) / LABELS.length;
            }
            return sum;
        }
        double[][] u = projected("student", now.rows("student.features.Adv"), now);
        double[][] w = projected("student", now.rows("student.features.Clean"), now);
        if (form instanceof Contrast.Relation relation) {
            double[][] v = Stream.of(now.rows("teacher.features.Clean"))
                    .map(InDouble::unit)
                    .toArray(double[][]::new);
            double sum = 0;
            for (int i = 0; i < LABELS.length; i++) {
                sum += kl(others(v, v, i, relation.temperature()), others(u, w, i, relation.temperature()))
                        / LABELS.length;
            }
            return sum;
        }
        double[][] v = projected("teacher", now.rows("teacher.features.Clean"), now);
        if (form instanceof Contrast.Instance instance) {
            return 0.5 * nce(u, v, instance.temperature()) + 0.5 * nce(u, w, instance.temperature());
        }
        float t = ((Contrast.Supervised) form).temperature();
        double sum = 0;
        for (int i = 0; i < LABELS.length; i++) {
            double all = 0;
            double own = 0;
            int friends = 0;
            for (double[][] views : List.of(u, w)) {
                for (int j = 0; j < LABELS.length; j++) {
                    double score = dot(v[i], views[j]) / t;
                    all += Math.exp(score);
                    own += LABELS[j] == LABELS[i] ? score : 0;
                    friends += LABELS[j] == LABELS[i] ? 1 : 0;
                }
            }
            sum -= (own / friends - Math.log(all)) / LABELS.length;
        }
        return sum;
    }

    private static double[][] projected(String side, double[][] features, Numbers now) {
        String name = "projection of the " + side + "/projection.";
        return Stream.of(features)
                .map(row -> unit(linear(row, now.rows(name + "weight"), now.row(name + "bias"))))
                .toArray(double[][]::new);
    }

    /** Softmax over j ≠ i of a_i·b_j/t. */
    private static double[] others(double[][] a, double[][] b, int i, double t) {
        return softmax(IntStream.range(0, LABELS.length)
                .filter(j -> j != i)
                .mapToDouble(j -> dot(a[i], b[j]) / t)
                .toArray());
    }

    private static double nce(double[][] a, double[][] b, double t) {
        double sum = 0;
        for (int i = 0; i < LABELS.length; i++) {
            double all = 0;
            for (int j = 0; j < LABELS.length; j++) {
                all += j == i || LABELS[j] != LABELS[i] ? Math.exp(dot(a[i], b[j]) / t) : 0;
            }
            sum -= (dot(a[i], b[i]) / t - Math.log(all)) / LABELS.length;
        }
        return sum;
    }

    private static int top(double[] row) {
        return IntStream.range(0, row.length)
                .reduce((a, b) -> row[b] > row[a] ? b : a)
                .orElseThrow();
    }
}
