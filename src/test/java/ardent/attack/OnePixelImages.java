package ardent.attack;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import org.junit.jupiter.api.AfterEach;

/** What tests on images of one pixel share: a manager that is closed after each test, and the images. */
public abstract class OnePixelImages {
    /** Owns the arrays of one test. */
    protected final NDManager manager = Torch.manager().newSubManager();

    @AfterEach
    protected void close() {
        manager.close();
    }

    /** One image for each pixel, {@code [N, 1, 1, 1]}. */
    protected NDArray images(float... pixels) {
        return manager.create(pixels, new Shape(pixels.length, 1, 1, 1));
    }
}
