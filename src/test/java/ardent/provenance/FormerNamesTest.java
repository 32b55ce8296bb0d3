package ardent.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.attack.Start;
import ardent.method.Contrast;
import ardent.network.ResNet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FormerNamesTest {
    @Test
    void aFormerNameIsReadAsTodaysAndNestedTypesGoAlong() {
        assertThat(FormerNames.today("ardent.train.Standing")).isEqualTo("ardent.run.RunState");
        assertThat(FormerNames.today("ardent.train.State$Position")).isEqualTo("ardent.train.TrainingState$Position");
        assertThat(FormerNames.today("ardent.run.folder.RunDescription")).isEqualTo("ardent.train.RunSetup");
        assertThat(FormerNames.today("ardent.method.Statistics")).isEqualTo("ardent.method.BatchNormStatistics");
        assertThat(FormerNames.today("ardent.attack.Pgd")).isEqualTo("ardent.attack.Pgd");
        assertThat(FormerNames.today("")).isEmpty();
    }

    @Test
    void aFormerComponentIsReadAsTodays() {
        String file = "{\"@format\": 1, \"@description\": {\"@type\": \"ardent.attack.Stage\", \"standing\": 7}}";
        assertThat(Description.parse(file).at("correct")).hasValue("7");
        assertThat(FormerNames.today("ardent.data.SourceFile", "standing")).isEqualTo("standing");
    }

    /** A self-relation had no noise before the student until it could have. */
    @Test
    void aComponentThatATypeGotLaterIsWhatItWasWithoutIt() {
        String then = Description.of(Contrast.selfRelation(Start.clean())).json();
        String without = then.replaceFirst("(?s),\\s*\"noise\": \\{.*?\\}", "");
        assertThat(without).isNotEqualTo(then).doesNotContain("noise");
        assertThat(Description.parse(without)).isEqualTo(Description.of(Contrast.selfRelation()));
        assertThat(Description.parse(without).rebuild()).isEqualTo(Contrast.selfRelation());
        assertThat(Description.parse(without).changedTypes()).isEmpty();
    }

    /** What is not Ardent's has no version here, and what trained a network stays as its file tells it. */
    @Test
    void changedTypesAreThoseOfArdentThatAreDescribedDifferentlyToday() {
        String part = "{\"@type\": \"%s\", \"a\": 1}";
        String trained =
                "{\"@type\": \"ardent.train.Run$Description\", \"architecture\": %s, \"method\": %s, \"weights\": \"\"}";
        String gone = part.formatted("ardent.method.Gone");
        String all =
                "{\"@format\": 1, \"@description\": {\"@type\": \"com.acme.Sweep\", \"x\": [%s, %s, %s], \"teacher\": %s}}"
                        .formatted(
                                part.formatted("com.acme.Net"),
                                gone,
                                part.formatted("ardent.method.Sat"),
                                trained.formatted(gone, gone));
        assertThat(Description.parse(all).changedTypes()).containsExactly("Gone", "Sat");
        assertThat(Description.of(new ResNet(18)).changedTypes()).isEmpty();
    }

    @Test
    void everyTypeOfARecordedFileIsKnownToday() throws IOException {
        String file;
        try (var stream = Objects.requireNonNull(
                FormerNamesTest.class.getResourceAsStream("/provenance/format-2/provenance.json"))) {
            file = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(file).contains("\"ardent.attack.Diagnosis\"");
        assertThat(Description.parse(file).json())
                .contains("\"ardent.attack.MaskingChecks\"")
                .doesNotContain("\"ardent.attack.Diagnosis\"");
    }

    /** ResNets had their depth in the name of their type. */
    @Test
    void whatAFormerTypeSaidByItsNameIsAComponentToday() {
        String then = Description.of(new ResNet(34, 8)).json();
        then = then.replace("ardent.network.ResNet", "ardent.network.ResNet34").replaceFirst("\\s*\"depth\": 34,", "");
        assertThat(then).contains("\"width\": 8").doesNotContain("depth");
        assertThat(Description.parse(then).rebuild()).isEqualTo(new ResNet(34, 8));
        assertThat(Description.parse(then)).isEqualTo(Description.of(new ResNet(34, 8)));
        String olcut = Description.parse(then).olcut();
        assertThat(Description.parseOlcut(olcut).rebuild()).isEqualTo(new ResNet(34, 8));
    }
}
