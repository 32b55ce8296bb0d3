package ardent.anomaly;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;

/** Spreads small maps over an image: linear interpolation from corner to corner and then a blur, as two matrices. */
final class MapUpscaling {
    /** The blur of RD4AD's anomaly map, 4 pixels of 256. */
    private static final double BLUR = 4 / 256.0;

    private MapUpscaling() {}

    /** {@code [N, h, w]} to {@code [N, H, W]}. */
    static NDArray over(NDArray maps, Shape image) {
        NDArray rows = matrix((int) maps.getShape().get(1), (int) image.get(1));
        NDArray columns = matrix((int) maps.getShape().get(2), (int) image.get(2));
        return rows.matMul(maps).matMul(columns.transpose());
    }

    /** {@code [to, from]}; each row sums to 1. */
    static NDArray matrix(int from, int to) {
        var values = new float[to * from];
        double deviation = BLUR * to;
        for (int i = 0; i < to; i++) {
            double sum = 0;
            for (int j = 0; j < to; j++) {
                sum += bell(i - j, deviation);
            }
            for (int j = 0; j < to; j++) {
                double share = bell(i - j, deviation) / sum;
                double at = to == 1 ? 0 : (double) j * (from - 1) / (to - 1);
                int low = Math.min((int) at, Math.max(from - 2, 0));
                values[i * from + low] += (float) (share * (1 - (at - low)));
                values[i * from + Math.min(low + 1, from - 1)] += (float) (share * (at - low));
            }
        }
        return Torch.array(values, new Shape(to, from));
    }

    private static double bell(int distance, double deviation) {
        return Math.exp(-distance * distance / (2 * deviation * deviation));
    }
}
