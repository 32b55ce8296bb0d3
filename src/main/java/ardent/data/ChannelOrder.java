package ardent.data;

import ai.djl.ndarray.types.Shape;

/** Where the channels of an image are among its three axes. */
public enum ChannelOrder {
    /** Channels, height and width, as PyTorch has them. */
    FIRST,
    /** Height, width and channels, as most image libraries and TensorFlow have them. */
    LAST;

    private static final int MOST = 4;

    /** Which one a shape shows: that axis, and not the other one, has at most 4. */
    static ChannelOrder of(String what, Shape shape, String advice) {
        boolean first = shape.get(0) <= MOST;
        boolean last = shape.get(2) <= MOST;
        if (first == last) {
            throw new DataException(
                    "%s has the shape %s, and %s: say which by %s.".formatted(what, shape, both(first), advice));
        }
        return first ? FIRST : LAST;
    }

    private static String both(boolean both) {
        return both
                ? "both its first and its last axis could be the channels"
                : "neither its first nor its last axis has 1 to 4 channels";
    }
}
