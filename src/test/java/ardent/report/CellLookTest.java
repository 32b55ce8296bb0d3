package ardent.report;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.provenance.Description;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The source of a cell stays as it was written, in text and in HTML. */
class CellLookTest {
    private static final Lineage LINEAGE = new Lineage(
            Description.of(Map.of("cell-source", "record Mine(int a) {\n    // a < b\n\n}", "short", "one line\n")));

    @Test
    void aSourceStandsIndentedUnderItsKey() {
        assertThat(LINEAGE.toString())
                .endsWith("\n  cell-source\n    record Mine(int a) {\n        // a < b\n\n    }\n  short  one line");
    }

    @Test
    void aSourceIsABlockOfTheTree() {
        assertThat(LINEAGE.html())
                .contains(
                        "<b>cell-source</b> <div style=\"white-space:pre",
                        ">record Mine(int a) {\n    // a &lt; b\n\n}<")
                .contains("<b>short</b> one line")
                .doesNotContain("<script");
    }
}
