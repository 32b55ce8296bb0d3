package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean intact(byte[] file) throws IOException {
        return Seal.intact(new ByteArrayInputStream(file));
    }

    @Test
    void everyFlippedBitAndEveryMissingEndShows() throws IOException {
        byte[] open = bytes("{\"seal\": \"" + Seal.OPEN + "\", \"größe\": 0.1}");
        byte[] closed = Seal.close(open);
        assertThat(closed).hasSameSizeAs(open);
        assertThat(intact(closed)).isTrue();
        assertThat(new String(closed, StandardCharsets.UTF_8)).contains(Sha256.of(open));
        for (int i = 0; i < closed.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = closed.clone();
                flipped[i] ^= (byte) (1 << bit);
                assertThat(intact(flipped)).as("byte %d", i).isFalse();
            }
            assertThat(intact(Arrays.copyOf(closed, i))).as("cut at %d", i).isFalse();
        }
    }

    @Test
    void aFileWithoutASealIsNotWhole() throws IOException {
        assertThat(intact(new byte[0])).isFalse();
        assertThat(intact(bytes("{\"seal\": \"short\"}"))).isFalse();
        assertThatThrownBy(() -> Seal.close(bytes("{}"))).hasMessage("The file has no place for a seal.");
    }
}
