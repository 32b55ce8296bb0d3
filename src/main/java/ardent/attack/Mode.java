package ardent.attack;

/** How an attack spends its time; it should break the same images in both modes. */
public enum Mode {
    /** As the reference code: its batches, its order of random draws, every step for every image. */
    PARITY,
    /** Broken images leave the batch, equal forward passes are made once, images have noise of their own. */
    FAST
}
