package ardent.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Lists of numbers, of items, documents or words, as arrays; and the order that scores give. */
public final class Lists {
    private Lists() {}

    /**
     * Lists as the rows of one array.
     *
     * @param lists of any lengths
     * @return {@code [B, L]} int64, L at least 1; shorter lists end in zeros, see {@link #present}
     */
    public static NDArray indices(int[]... lists) {
        int length = Math.max(
                1, Arrays.stream(lists).mapToInt(list -> list.length).max().orElse(1));
        var flat = new long[lists.length * length];
        for (int b = 0; b < lists.length; b++) {
            for (int r = 0; r < lists[b].length; r++) {
                flat[b * length + r] = lists[b][r];
            }
        }
        return Torch.array(flat, new Shape(lists.length, length));
    }

    /**
     * Where lists have something.
     *
     * @param lists of any lengths
     * @return {@code [B, L]}, 1 where a list has an entry and 0 beyond its end
     */
    public static NDArray present(int[]... lists) {
        var ones = new int[lists.length][];
        Arrays.setAll(ones, b -> Arrays.stream(lists[b]).map(number -> 1).toArray());
        return indices(ones).toType(DataType.FLOAT32, false);
    }

    /**
     * The rows of a table.
     *
     * @param table {@code [R, D]} of floats
     * @return one array for each row
     */
    public static float[][] rows(NDArray table) {
        int size = (int) table.getShape().get(1);
        float[] flat = Tape.read(table::toFloatArray);
        var rows = new float[flat.length / size][];
        Arrays.setAll(rows, r -> Arrays.copyOfRange(flat, r * size, (r + 1) * size));
        return rows;
    }

    /** A table of rows of one length. */
    static NDArray array(float[]... rows) {
        FloatBuffer flat = FloatBuffer.allocate(rows.length * rows[0].length);
        Arrays.stream(rows).forEach(flat::put);
        return Torch.array(flat.array(), new Shape(rows.length, rows[0].length));
    }

    /** The product of a row and of what begins at a place of another. */
    static double product(float[] row, float[] other, int from) {
        double sum = 0;
        for (int k = 0; k < row.length; k++) {
            sum += row[k] * (double) other[from + k];
        }
        return sum;
    }

    /**
     * The first numbers by falling score, of equal ones the lower number first.
     *
     * @param scores one for each number
     * @param count how many, at least 1
     * @param hidden numbers that are left out
     * @return at most so many numbers
     */
    public static int[] order(float[] scores, int count, int[]... hidden) {
        var keys = new long[scores.length];
        for (int i = 0; i < keys.length; i++) {
            int bits = Float.floatToIntBits(-scores[i] + 0f);
            keys[i] = (long) (bits < 0 ? bits ^ Integer.MAX_VALUE : bits) << Integer.SIZE | i;
        }
        for (int[] some : hidden) {
            for (int number : some) {
                keys[number] = Long.MAX_VALUE;
            }
        }
        var best = new long[Math.min(keys.length, 2 * count)];
        int kept = 0;
        long last = Long.MAX_VALUE;
        for (long key : keys) { // far fewer are sorted than there are
            if (key < last) {
                best[kept++] = key;
                if (kept == best.length) {
                    Arrays.sort(best);
                    kept = Math.min(kept, count);
                    last = best[kept - 1];
                }
            }
        }
        Arrays.sort(best, 0, kept);
        return Arrays.stream(best, 0, Math.min(kept, count))
                .mapToInt(key -> (int) key)
                .toArray();
    }
}
