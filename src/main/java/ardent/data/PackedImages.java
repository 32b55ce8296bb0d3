package ardent.data;

import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import ardent.provenance.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;

/** Images as bytes, for another machine of a cluster that cannot load them by their origin ({@link Recall#knows}). */
public final class PackedImages {
    private PackedImages() {}

    /**
     * Packs images without their origin.
     *
     * @param images what to pack, in their order
     * @return shape, names of the classes, labels and pixels
     */
    public static byte[] pack(Images images) {
        Arguments.given("images", images);
        var bytes =
                new ByteArrayOutputStream(images.size() * ((int) images.shape().size() + Integer.BYTES));
        try (var out = new DataOutputStream(bytes)) {
            for (int axis = 0; axis < 3; axis++) {
                out.writeInt((int) images.shape().get(axis));
            }
            out.writeInt(images.classCount());
            for (String name : images.classes()) {
                out.writeUTF(name);
            }
            out.writeInt(images.size());
            for (int i = 0; i < images.size(); i++) {
                out.writeInt(images.knownLabel(i));
            }
            for (int i = 0; i < images.size(); i++) {
                images.write(i, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Unpacks images.
     *
     * @param packed what {@link #pack} made of them
     * @param origin where they came from there
     * @return the same images
     */
    public static Images unpack(byte[] packed, Origin origin) {
        Arguments.given("packed, origin", packed, origin);
        try (var in = new DataInputStream(new ByteArrayInputStream(packed))) {
            var shape = new Shape(in.readInt(), in.readInt(), in.readInt());
            var classes = new ArrayList<String>();
            for (int i = in.readInt(); i > 0; i--) {
                classes.add(in.readUTF());
            }
            var labels = new int[in.readInt()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = in.readInt();
            }
            return new Images(in.readAllBytes(), labels, shape, classes, origin);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "The packed images of " + origin + " are damaged, SHA-256 " + Sha256.of(packed) + ".", e);
        }
    }
}
