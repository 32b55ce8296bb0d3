package ardent.recommend;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ardent.rank.Lists;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a batch of users is to learn from the teachers, and HetComp's losses of it.
 *
 * @param items how many there are
 * @param training for each user the items of training
 * @param positives some of these in the teachers' order
 * @param tops unobserved items in the teachers' order
 */
@SuppressWarnings("ArrayRecordComponent") // lists that nobody compares
record TargetLists(int items, int[][] training, int[][] positives, int[][] tops) {
    private static final double LIMIT = 40;
    private static final double FLOOR = 1e-5;

    /** Each listed item against the unobserved items that are not listed; a sum. */
    NDArray overall(NDArray scores) {
        NDArray limited = limited(scores);
        var both = new int[tops.length][];
        Arrays.setAll(
                both,
                b -> IntStream.concat(Arrays.stream(positives[b]), Arrays.stream(tops[b]))
                        .toArray());
        NDArray others = others(limited, tops[0].length);
        NDArray listed = limited.gather(Lists.indices(both), 1);
        return unlikely(listed, others.add(listed.exp()), Lists.present(both));
    }

    /** The orders of the lists by Plackett and Luce: observed items, and half of two beginnings of the unobserved; a sum. */
    NDArray rank(NDArray scores) {
        NDArray limited = limited(scores);
        int half = tops[0].length / 2;
        int tenth = tops[0].length / 10;
        NDArray outside = others(limited, half);
        NDArray observed = order(limited, outside, positives);
        NDArray longer = order(limited, outside, beginnings(half));
        NDArray shorter = order(limited, others(limited, tenth), beginnings(tenth));
        return observed.add(longer.add(shorter).mul(constant(0.5)));
    }

    private static NDArray order(NDArray scores, NDArray others, int[][] lists) {
        NDArray present = Lists.present(lists);
        NDArray listed = scores.gather(Lists.indices(lists), 1);
        NDArray left =
                listed.exp().mul(present).matMul(later((int) present.getShape().get(1)));
        return unlikely(listed, others.add(left), present);
    }

    /** −Σ over what is there of s − log max(10⁻⁵, all). */
    private static NDArray unlikely(NDArray listed, NDArray all, NDArray present) {
        return listed.sub(all.maximum(constant(FLOOR)).log()).mul(present).sum().neg();
    }

    /** The gradient of limits takes longer than all the rest, so they are put on only where a score is beyond. */
    private static NDArray limited(NDArray scores) {
        boolean within = Tape.read(() -> scores.abs().max().getFloat()) <= LIMIT;
        return within ? scores : scores.maximum(constant(-LIMIT)).minimum(constant(LIMIT));
    }

    /** {@code [B, 1]}: the sum of exp over unobserved items but the first of the list. */
    private NDArray others(NDArray limited, int without) {
        var mask = new float[tops.length * items];
        Arrays.fill(mask, 1);
        for (int b = 0; b < tops.length; b++) {
            for (int item : training[b]) {
                mask[b * items + item] = 0;
            }
            for (int r = 0; r < without; r++) {
                mask[b * items + tops[b][r]] = 0;
            }
        }
        return limited.exp()
                .mul(Torch.array(mask, new Shape(tops.length, items)))
                .sum(new int[] {1}, true);
    }

    private int[][] beginnings(int length) {
        return Arrays.stream(tops).map(list -> Arrays.copyOf(list, length)).toArray(int[][]::new);
    }

    /** {@code [L, L]}: 1 in row t and column r where t is not before r. */
    private static NDArray later(int length) {
        NDArray places = Torch.manager().arange(length);
        return places.expandDims(1).gte(places.expandDims(0)).toType(DataType.FLOAT32, false);
    }
}
