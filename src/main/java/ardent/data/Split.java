package ardent.data;

/**
 * A set of images in two disjoint parts.
 *
 * @param rest the images left, in their old order
 * @param held the images held out
 */
public record Split(Images rest, Images held) {}
