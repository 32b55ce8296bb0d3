package ardent.elsewhere;

import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.PackedImages;
import ardent.provenance.Arguments;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Some of the images of a work that is cut into parts: published ones are found where they come from, others travel as they are needed.
 *
 * @param data where all the images come from
 * @param from first image
 * @param to the image after the last
 * @param travels whether these images come beside the work, and not all of them from their origin
 */
public record ImagePart(Origin data, int from, int to, boolean travels) {
    /** Nothing is null. */
    public ImagePart {
        Arguments.given("data", data);
    }

    /**
     * A part.
     *
     * @param images all of them
     * @param from first image
     * @param to the image after the last
     * @return the part
     */
    public static ImagePart of(Images images, int from, int to) {
        Origin data = Arguments.given("images", images).origin();
        return new ImagePart(data, from, to, Packing.own(data));
    }

    /**
     * The images of the part.
     *
     * @param all all of them
     * @return these
     */
    public Images of(Images all) {
        return all.select(IntStream.range(from, to).toArray());
    }

    /**
     * The images of the part, where the work is done.
     *
     * @param parcel the work
     * @param place where
     * @return the images
     */
    public Images find(Parcel parcel, Parcel.Place place) {
        Images found = parcel.images(data, place);
        return travels ? found : of(found);
    }

    /**
     * What the work needs alone.
     *
     * @param all all the images
     * @return for {@link Packing#pack}
     */
    public Map<String, byte[]> bytes(Images all) {
        return travels ? Map.of(Packing.key(data), PackedImages.pack(of(all))) : Map.of();
    }

    /** Such as {@code images 0 to 249}. */
    @Override
    public String toString() {
        return "images " + from + " to " + (to - 1);
    }
}
