package ardent.attack.search;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;

/** The perturbations that Square tries in the L2 ball: two opposite hills side by side, of length 1. */
final class SquareL2Patterns {
    private SquareL2Patterns() {}

    /**
     * One hill, falling from its middle as 1, 1 + 1/4, 1 + 1/4 + 1/9, … from the rim, of length 1.
     *
     * @return {@code rows × columns}, row by row
     */
    static float[][] hill(int rows, int columns) {
        float[][] hill = new float[rows][columns];
        int steps = Math.max(rows / 2 + 1, columns / 2 + 1);
        for (int step = 0; step < steps; step++) {
            int top = rows / 2 - step;
            int left = columns / 2 - step;
            float height = 1 / (float) ((step + 1) * (step + 1));
            for (int i = Math.max(top, 0); i < Math.min(top + 2 * step + 1, rows); i++) {
                for (int j = Math.max(left, 0); j < Math.min(left + 2 * step + 1, columns); j++) {
                    hill[i][j] += height;
                }
            }
        }
        return scaled(hill, 1);
    }

    /** A hill beside its opposite, lying if {@code turned}; {@code side × side}. */
    static float[][] pair(int side, boolean turned) {
        float[][] pair = new float[side][side];
        float[][] upper = hill(side / 2, side);
        float[][] lower = scaled(hill(side - side / 2, side), -1, 1);
        for (int i = 0; i < side; i++) {
            pair[i] = i < side / 2 ? upper[i] : lower[i - side / 2];
        }
        scaled(pair, 1);
        return turned ? transposed(pair) : pair;
    }

    /** As an array {@code [1, 1, side, side]}. */
    static NDArray array(float[][] pair) {
        int side = pair.length;
        float[] values = new float[side * side];
        for (int i = 0; i < side; i++) {
            System.arraycopy(pair[i], 0, values, i * side, side);
        }
        return Torch.array(values, new Shape(1, 1, side, side));
    }

    private static float[][] scaled(float[][] rows, double sign) {
        double squares = 0;
        for (float[] row : rows) {
            for (float value : row) {
                squares += value * value;
            }
        }
        return scaled(rows, sign, Math.sqrt(squares));
    }

    private static float[][] scaled(float[][] rows, double sign, double length) {
        for (float[] row : rows) {
            for (int j = 0; j < row.length; j++) {
                row[j] = (float) (sign * row[j] / length);
            }
        }
        return rows;
    }

    private static float[][] transposed(float[][] square) {
        float[][] turned = new float[square.length][square.length];
        for (int i = 0; i < square.length; i++) {
            for (int j = 0; j < square.length; j++) {
                turned[j][i] = square[i][j];
            }
        }
        return turned;
    }
}
