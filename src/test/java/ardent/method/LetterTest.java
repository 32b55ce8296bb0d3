package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.provenance.Description;
import ardent.provenance.Letter;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameters carry the letters of their formulas in tables and charts. */
class LetterTest {
    private static final Pattern PARAMETER = Pattern.compile("@param (\\w+) ([^@]*)");
    private static final Pattern GREEK = Pattern.compile("[α-ω][₀-₉]?");

    static Stream<Class<?>> records() {
        return Stream.of(
                        MethodContractTest.types(),
                        List.of(Compensation.class.getDeclaredClasses()),
                        List.of(Contrast.class.getDeclaredClasses()))
                .flatMap(List::stream)
                .filter(Class::isRecord);
    }

    @ParameterizedTest
    @MethodSource("records")
    void aLetterIsThatOfTheDocumentation(Class<?> type) throws IOException {
        Class<?> outer = type.getEnclosingClass() == null ? type : type.getEnclosingClass();
        String source =
                Files.readString(Path.of("src/main/java", outer.getName().replace('.', '/') + ".java"));
        String above = source.substring(0, source.indexOf("record " + type.getSimpleName() + "("));
        String javadoc = above.substring(above.lastIndexOf("/**"));
        Map<String, String> told = new LinkedHashMap<>();
        PARAMETER.matcher(javadoc).results().forEach(match -> told.put(match.group(1), match.group(2)));
        for (RecordComponent component : type.getRecordComponents()) {
            Letter letter = component.getAnnotation(Letter.class);
            String text = told.getOrDefault(component.getName(), "");
            String greek = GREEK.matcher(text)
                    .results()
                    .map(match -> match.group())
                    .findFirst()
                    .orElse("");
            if (letter == null) {
                assertThat(greek).as(component.getName()).isEmpty();
            } else {
                assertThat(text).contains(letter.value());
            }
        }
    }

    /** Keys of descriptions stay; where types disagree, or two parameters would have one letter, words remain. */
    @Test
    void tablesHeadAParameterByItsLetterWhereThatIsClear() {
        var base = new Crdnd(x -> x);
        assertThat(differing(base, base.contrast(1), base.robust(0.7f)))
                .containsExactly(Map.entry("robust", "α"), Map.entry("contrastWeight", "λ"));
        var two = Map.of("a", new Mart(base.inner(), 1), "b", new Trades(base.inner(), 1, false, 0));
        var others = Map.of("a", new Mart(base.inner(), 2), "b", new Trades(base.inner(), 2, false, 0));
        assertThat(Description.differing(List.of(Description.of(two), Description.of(others))))
                .containsExactly(Map.entry("a.lambda", "λ"), Map.entry("b.beta", "β"));
        var relations = List.of(new Contrast.Relation(1), new Contrast.Relation(2));
        assertThat(differing(relations.get(0), relations.get(1))).containsExactly(Map.entry("temperature", "t"));
        assertThat(differing(relations.get(0), relations.get(1), new Ard(x -> x)))
                .containsEntry("temperature", "temperature");
        assertThat(differing(new Rslad(x -> x), new Ard(x -> x), ard(0.5f), rslad(0.5f)))
                .containsEntry("robust", "robust")
                .containsEntry("soft", "soft");
    }

    private static Ard ard(float soft) {
        Ard ard = new Ard(x -> x);
        return new Ard(ard.teacher(), ard.inner(), ard.temperature(), soft, ard.divergence(), ard.statistics());
    }

    private static Rslad rslad(float robust) {
        Rslad rslad = new Rslad(x -> x);
        return new Rslad(rslad.teacher(), rslad.inner(), robust, rslad.divergence());
    }

    private static Map<String, String> differing(Record... records) {
        return Description.differing(Stream.of(records).map(Description::of).toList());
    }
}
