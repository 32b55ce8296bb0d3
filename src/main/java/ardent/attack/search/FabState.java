package ardent.attack.search;

import static ardent.tensor.Torch.constant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ardent.tensor.Losses;

/** The state of one run of FAB on a batch: points near the decision boundary and the closest adversarial ones. */
public final class FabState extends OwnedArrays {
    private static final double FAR = 1e10;
    private static final double OVERSHOOT = 1.05;
    private static final double BACKWARD = 0.9;
    private static final double BIAS = 0.1;

    /**
     * The decision boundary as the network's gradient draws it at points.
     *
     * @param normal {@code [N, D]}, gradient of the difference of two logits
     * @param difference {@code [N]}, its value
     */
    public record Plane(NDArray normal, NDArray difference) {}

    private final boolean linf;
    private NDArray images;
    private NDArray x;
    private NDArray best;
    private NDArray norm;

    FabState(boolean linf, NDArray images, NDArray start) {
        this.linf = linf;
        this.images = hold(images.duplicate());
        x = hold(start.duplicate());
        best = hold(images.duplicate());
        norm = hold(SearchRegion.norm(linf, images).zerosLike().add(constant(FAR)));
    }

    /** The next points: projections of the points and of the clean images onto the boundary, mixed. */
    NDArray propose(Plane plane) {
        long count = x.getShape().get(0);
        NDArray flat = x.reshape(count, -1);
        NDArray w = plane.normal();
        NDArray b = w.mul(flat).sum(new int[] {1}).sub(plane.difference());
        NDArray both = flat.concat(images.reshape(count, -1));
        NDArray ways = BoxProjection.displacement(linf, both, w.concat(w), b.concat(b));
        NDArray lengths = SearchRegion.norm(linf, ways).maximum(constant(1e-8)).expandDims(1);
        NDArray near = lengths.get("0:" + count);
        NDArray share = near.div(near.add(lengths.get(count + ":")))
                .maximum(constant(0))
                .minimum(constant(BIAS));
        NDArray over = both.add(ways.mul(constant(OVERSHOOT)));
        NDArray mixed = over.get("0:" + count)
                .mul(constant(1).sub(share))
                .add(over.get(count + ":").mul(share));
        return Rows.clamp(mixed).reshape(x.getShape());
    }

    /** Moves to points; those that are misclassified are noted if closer, and step back towards the clean images. */
    void accept(NDArray next, NDArray wrong) {
        NDArray change = next.sub(images);
        NDArray length = SearchRegion.norm(linf, change);
        NDArray closer = wrong.logicalAnd(length.lt(norm));
        best = renew(best, Rows.choose(closer, next, best));
        norm = renew(norm, Rows.choose(closer, length, norm));
        x = renew(x, Rows.choose(wrong, images.add(change.mul(constant(BACKWARD))), next));
    }

    /** Goes on with some of the images only. */
    void keep(long... rows) {
        images = narrow(images, rows);
        x = narrow(x, rows);
        best = narrow(best, rows);
        norm = narrow(norm, rows);
    }

    NDArray x() {
        return x;
    }

    /** For tests: goes on from other points. */
    void at(NDArray points) {
        x = renew(x, points.duplicate());
    }

    NDArray best() {
        return best;
    }

    /** Distance {@code [N]} of the closest adversarial points, 1e10 where there is none. */
    NDArray norm() {
        return norm;
    }

    /** The plane of the nearest of several boundaries: values {@code [N, K]}, gradients {@code [N, K, …]}. */
    static Plane nearest(boolean linf, NDList gradientsAndLogits, NDArray labels) {
        long classes = gradientsAndLogits.get(1).getShape().get(1);
        return nearest(linf, gradientsAndLogits, labels, Losses.oneHot(labels, classes));
    }

    /** As above, without the classes at which {@code excluded [N, K]} is 1; the label must be one of them. */
    public static Plane nearest(boolean linf, NDList gradientsAndLogits, NDArray labels, NDArray excluded) {
        NDArray logits = gradientsAndLogits.get(1);
        long count = logits.getShape().get(0);
        long classes = logits.getShape().get(1);
        NDArray gradients = gradientsAndLogits.get(0).reshape(count, classes, -1);
        long size = gradients.getShape().get(2);
        NDArray own = Rows.upright(labels, gradients.getShape()).broadcast(count, 1, size);
        NDArray normals = gradients.sub(gradients.gather(own, 1));
        NDArray differences = logits.sub(Losses.at(logits, labels).expandDims(1));
        NDArray dual = linf
                ? normals.abs().sum(new int[] {2})
                : normals.mul(normals).sum(new int[] {2}).sqrt();
        NDArray distance = differences.abs().add(excluded.mul(constant(FAR))).div(dual.add(constant(1e-12)));
        NDArray chosen = distance.argMin(1);
        NDArray rows = Rows.upright(chosen, gradients.getShape()).broadcast(count, 1, size);
        return new Plane(normals.gather(rows, 1).reshape(count, size), Losses.at(differences, chosen));
    }
}
