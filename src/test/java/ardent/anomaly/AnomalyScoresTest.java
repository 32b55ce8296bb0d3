package ardent.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ardent.data.Images;
import ardent.evaluate.Protocol;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnomalyScoresTest {
    /** One pixel each: 0.1, 0.4 and 0.3 are normal, 0.2, 0.6, 0.8 and 0.4 are strange; ties count one half. */
    private static final Images IMAGES = Images.of(
            "pixels",
            new byte[] {10, 40, 30, 20, 60, 80, 40},
            new int[] {0, 0, 0, 1, 2, 1, 2},
            new Shape(1, 1, 1),
            List.of("zero", "one", "two"));

    private static final Detector BRIGHT = x -> x.reshape(-1);

    @Test
    void theAreaIsTheShareOfPairsInTheRightOrder() {
        AnomalyScores anomaly = AnomalyScores.measure(BRIGHT, IMAGES, 0, new Protocol());
        // Right pairs of 12: 0.2 beats one, 0.6 and 0.8 beat three each, 0.4 beats two and ties with one.
        assertThat(anomaly.auroc()).isCloseTo(9.5 / 12, within(1e-9));
        assertThat(anomaly.normals()).isEqualTo(3);
        assertThat(anomaly.anomalies()).isEqualTo(4);
        assertThat(anomaly.provenance().at("tested.environment.threads")).isPresent();
        assertThat(anomaly.provenance().at("tested.data.name")).isPresent();
        assertThat(anomaly.scores()).hasSize(7);
        assertThat(anomaly)
                .hasToString("detector on pixels: AUROC 0.7917, average precision "
                        + String.format(java.util.Locale.ROOT, "%.4f", anomaly.precision())
                        + " (3 images of the normal class zero, 4 others)");
        assertThat(AnomalyScores.measure(x -> x.reshape(-1).neg(), IMAGES, 0, new Protocol())
                        .auroc())
                .isCloseTo(2.5 / 12, within(1e-9));
        for (int batch : new int[] {3, 7, Integer.MAX_VALUE}) {
            AnomalyScores cut = AnomalyScores.measure(BRIGHT, IMAGES, 0, new Protocol(batch, 0));
            assertThat(cut.scores()).isEqualTo(anomaly.scores());
        }
    }

    @Test
    void whatCannotBeRankedGetsOneSentence() {
        assertThatThrownBy(() -> AnomalyScores.measure(BRIGHT, IMAGES.only(1), 1, new Protocol()))
                .hasMessageContaining("ranked against each other");
        assertThatThrownBy(() -> AnomalyScores.measure(BRIGHT, IMAGES, 3, new Protocol()))
                .hasMessageContaining("0 have the normal label 3");
        for (Detector odd : List.<Detector>of(
                x -> x.reshape(-1, 1),
                x -> x.reshape(-1, 1).repeat(1, 2),
                x -> x,
                x -> x.sum(),
                x -> x.reshape(-1).get("0:1"),
                x -> x.reshape(-1).toType(ai.djl.ndarray.types.DataType.FLOAT64, true))) {
            assertThatThrownBy(() -> AnomalyScores.measure(odd, IMAGES, 0, new Protocol()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(
                            "The detector detector answers 7 images with float(32|64) of shape .* instead of"
                                    + " one float32 score for each, of shape \\(7\\): reduce a map to one number, for example its"
                                    + " largest.");
        }
        Detector broken = x -> x.reshape(-1).neg().log();
        assertThatThrownBy(() -> AnomalyScores.measure(broken, IMAGES, 0, new Protocol()))
                .hasMessageContaining("image 0 with the score NaN");
    }
}
