package ardent.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchBoundsTest {
    private static final int MOST = Integer.MAX_VALUE;

    @Test
    void batchesAreAllImagesOnceInOrder() {
        for (int images : new int[] {0, 1, 2, 7, 8, 9}) {
            for (int size : new int[] {1, 2, 3, 7, 8, 9, 100, MOST - 8, MOST - 1, MOST}) {
                var bounds = new BatchBounds(images, size);
                int[] all = IntStream.range(0, bounds.count())
                        .flatMap(batch -> Arrays.stream(bounds.of(batch)))
                        .toArray();
                assertThat(all).containsExactly(IntStream.range(0, images).toArray());
                int batches = 0;
                for (int from = 0; from < images; from = bounds.end(from)) {
                    assertThat(bounds.from(batches++)).isEqualTo(from);
                }
                assertThat(batches).isEqualTo(bounds.count());
            }
        }
    }

    @Test
    void sumsBeyondAnIntAreRight() {
        assertThat(new BatchBounds(MOST, 1).count()).isEqualTo(MOST);
        assertThat(new BatchBounds(MOST, 1 << 30).count()).isEqualTo(2);
        assertThat(new BatchBounds(MOST, 1 << 30).end(1 << 30)).isEqualTo(MOST);
        assertThat(new BatchBounds(MOST, MOST).count()).isEqualTo(1);
    }

    @Test
    void aBatchHasAnImage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatchBounds(3, 0))
                .withMessage("A batch has at least 1 image, not 0.");
    }
}
