package ardent.attack;

/** How an attack spends its time; which images it breaks is meant to be the same. */
public enum Mode {
    /** As the reference code: its batches, its order of random draws, every step for every image. */
    PARITY,
    /** Broken images leave the batch, equal forward passes are made once, images have noise of their own. */
    FAST
}
