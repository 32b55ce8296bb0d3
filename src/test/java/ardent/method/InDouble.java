package ardent.method;

import ai.djl.ndarray.NDArray;
import java.util.function.ToDoubleFunction;

/** The field's formulas in double precision, on rows, as papers write them: what tests of losses compare with. */
final class InDouble {
    private InDouble() {}

    static double[][] of(NDArray matrix) {
        int width = (int) matrix.getShape().get(matrix.getShape().dimension() - 1);
        float[] flat = matrix.toFloatArray();
        double[][] rows = new double[flat.length / width][width];
        for (int i = 0; i < flat.length; i++) {
            rows[i / width][i % width] = flat[i];
        }
        return rows;
    }

    static double[] softmax(double[] z) {
        double[] p = new double[z.length];
        double sum = 0;
        for (double each : z) {
            sum += Math.exp(each);
        }
        for (int k = 0; k < z.length; k++) {
            p[k] = Math.exp(z[k]) / sum;
        }
        return p;
    }

    /** Σ p·log(p / q), 0·log 0 being 0. */
    static double kl(double[] p, double[] q) {
        double sum = 0;
        for (int k = 0; k < p.length; k++) {
            sum += p[k] == 0 ? 0 : p[k] * Math.log(p[k] / q[k]);
        }
        return sum;
    }

    static double crossEntropy(double[] z, int label) {
        return -Math.log(softmax(z)[label]);
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    static double[] unit(double[] a) {
        double[] unit = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            unit[i] = a[i] / Math.sqrt(dot(a, a));
        }
        return unit;
    }

    /** W·x + b. */
    static double[] linear(double[] x, double[][] weight, double[] bias) {
        double[] y = new double[weight.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = dot(weight[i], x) + bias[i];
        }
        return y;
    }

    /** The gradient by central differences; the entries come back as they were. */
    static double[][] slope(double[][] at, ToDoubleFunction<double[][]> function) {
        double step = 1e-5;
        double[][] slope = new double[at.length][at[0].length];
        for (int i = 0; i < at.length; i++) {
            for (int k = 0; k < at[i].length; k++) {
                double before = at[i][k];
                at[i][k] = before + step;
                double up = function.applyAsDouble(at);
                at[i][k] = before - step;
                double down = function.applyAsDouble(at);
                at[i][k] = before;
                slope[i][k] = (up - down) / (2 * step);
            }
        }
        return slope;
    }
}
