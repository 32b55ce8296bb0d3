package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NumbersTest {
    private record Part(float robust, double entropy, int steps, List<Float> weights) {}

    @Test
    void peopleReadShortNumbersAndTheFractionsOfTheField() {
        assertThat(List.of(0.1f, 0.03f, 0.2f, 6f, 100f, 0f, -0.25f, 1e-4f, 5e-5f, 1e-7f))
                .extracting(Numbers::shown)
                .containsExactly("0.1", "0.03", "0.2", "6", "100", "0", "-0.25", "0.0001", "0.00005", "1e-7");
        assertThat(List.of(8 / 255f, 2 / 255f, 16 / 255f, 255 / 255f, 5 / 6f, 1 / 6f, 2 / 3f, 1 / 3f))
                .extracting(Numbers::shown)
                .containsExactly("8/255", "2/255", "16/255", "1", "5/6", "1/6", "2/3", "1/3");
    }

    @Test
    void whatIsNoSuchFractionAsAFloatIsRounded() {
        assertThat(Numbers.shown(Math.nextUp(8 / 255f))).isEqualTo("0.03137");
        assertThat(Numbers.shown(0.1f / 3)).isEqualTo("0.03333");
        assertThat(Numbers.shown(0.0313725)).isEqualTo("0.03137");
        assertThat(Numbers.shown(123456.7f)).isEqualTo("123500");
        assertThat(Numbers.shown(Float.NaN)).isEqualTo("NaN");
    }

    @Test
    void aDescriptionKeepsAllDigits() {
        Description part = Description.of(new Part(5 / 6f, 1.25, 20, List.of(1f, 1 / 3f)));
        assertThat(part.at("robust")).contains("0.8333333");
        assertThat(part.shown("robust")).contains("5/6");
        assertThat(part.shown("entropy")).contains("1.25");
        assertThat(part.shown("steps")).contains("20");
        assertThat(part.at("weights")).contains("[1.0, 0.33333334]");
        assertThat(part.shown("weights")).contains("[1, 1/3]");
        assertThat(part.shown("nothing")).isEmpty();
        assertThat(part.json()).contains("0.8333333");
    }
}
