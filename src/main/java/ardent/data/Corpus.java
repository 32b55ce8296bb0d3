package ardent.data;

/** A published collection of images, split by its authors into a part to learn from and a part to test on. */
public interface Corpus {
    /** Returns the images to learn from. */
    Images train();

    /** Returns the images to test on. */
    Images test();
}
