package ardent.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ardent.data.DataException;
import ardent.data.Origin;
import ardent.data.SourceFile;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankingsTest {
    private static final String ENTRIES = ".I 1\n.T\nthin wing\n.A\nnobody\n.B\nnowhere\n.W\nthe lift of a wing\n"
            + ".I 2\n.T\nwing\n.W\nthe heat of a plate\n.I 3\n.T\nlift\n.W\nthe heat of the wing lift a of\n"
            + filler() + ".I 77";

    @TempDir
    Path folder;

    /** So that no word above is in more than a quarter of the documents. */
    private static String filler() {
        return IntStream.rangeClosed(4, 12)
                .mapToObj(i -> ".I " + i + "\n.W\nshock " + i + "\n")
                .reduce("", String::concat);
    }

    private Rankings load(String texts, String queries, String judged) throws IOException {
        Files.writeString(folder.resolve("cran.all.1400"), texts);
        Files.writeString(folder.resolve("cran.qry"), queries);
        Files.writeString(folder.resolve("cranqrel"), judged);
        return Rankings.load(folder);
    }

    @Test
    void theFilesOfCranfieldAreReadAsTheyLie() throws IOException {
        Rankings data = load(ENTRIES, "\n.I 001\n.W\nwing\n.I 009\n.W\nheat the\n", "1 1 2\n\n2 2 -1\n2 3 3 \n\n");
        assertThat(data.training()).hasSize(2);
        Rankings.Query first = data.training().get(0);
        assertThat(first.relevant()).containsExactly(0);
        assertThat(first.candidates())
                .as("the word is twice in the first, once in longer ones")
                .startsWith(0);
        assertThat(data.training().get(1).relevant()).containsExactly(2);
        assertThat(data.origin().files().get(2).sha256()).isEqualTo(Sha256.of(folder.resolve("cranqrel")));
        assertThat(data.toString()).contains("12 documents, 4 words, 2 queries for training");
        Rankings split = data.split(1, 4);
        assertThat(split.training()).hasSize(1);
        assertThat(split.origin()).isNotEqualTo(data.origin());
        assertThatThrownBy(() -> split.split(1, 0)).hasMessageContaining("is split already");
        assertThatThrownBy(() -> data.split(2, 0)).hasMessageContaining("1 to all but one are for testing, not 2");
        assertThatThrownBy(data::requireSplit).hasMessageContaining("call split(count, seed) first");
    }

    @Test
    void badFilesAreRefusedInASentence() throws IOException {
        String query = ".I 1\n.W\nwing\n";
        refused(
                ENTRIES,
                query,
                "2 1 1\n",
                "line 1 judges the document 1 for the query 2, and there are 12 documents and 1");
        refused(ENTRIES, query, "1 13 1\n", "line 1 judges the document 13");
        refused(ENTRIES, query, "1 1 1\n1 1 2\n", "line 2 judges the document 1 for the query 1 a second time");
        refused(ENTRIES, query, "1 one 1\n", "line 1 is not the numbers of a query and a document and a judgement");
        refused(ENTRIES, query, "1 1 4\n", "No query of Cranfield has a relevant document among its first 50");
        refused(ENTRIES.replace(".I 2\n", ".I 4\n"), query, "1 1 1\n", "begins the entry 4 where the number 2 is next");
        refused("wing\n", query, "1 1 1\n", "line 1 is not the beginning of an entry");
        Files.write(folder.resolve("cranqrel"), new byte[] {(byte) 0xe9, '\n'});
        Files.writeString(folder.resolve("cran.all.1400"), ENTRIES);
        assertThatThrownBy(() -> Rankings.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessage(folder.resolve("cranqrel") + " is not a text in UTF-8: save it as one.");
        Files.delete(folder.resolve("cran.qry"));
        assertThatThrownBy(() -> Rankings.load(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no file cran.qry in " + folder)
                .hasMessageContaining("no licence is stated");
    }

    private void refused(String texts, String queries, String judged, String message) {
        assertThatThrownBy(() -> load(texts, queries, judged)).hasMessageContaining(message);
    }

    @Test
    void badTextsAreRefusedInASentence() {
        List<String> few = List.of("wing lift", "wing heat", "wing lift heat");
        List<String> texts =
                Stream.concat(few.stream(), Stream.generate(() -> "").limit(9)).toList();
        assertThatThrownBy(() -> Rankings.of("texts", few, List.of("wing"), List.of(Set.of(0))))
                .hasMessageContaining("No word of texts is in three documents and in a quarter of them at most");
        assertThatThrownBy(() -> Rankings.of("texts", texts, List.of("wing"), List.of(Set.of(12))))
                .hasMessageContaining("The document 12 is judged and texts has 12 documents");
        assertThatThrownBy(() -> Rankings.of("texts", texts, List.of("wing"), List.of()))
                .hasMessageContaining("1 queries and judgements of 0");
        assertThatThrownBy(() -> Rankings.of("texts", texts, List.of("shock"), List.of(Set.of(1))))
                .hasMessageContaining("No query of texts has a relevant document");
    }

    @Test
    void textsInMemoryAreKnownByTheirContent() {
        List<String> texts = Stream.concat(
                        Stream.of("wing lift", "wing heat", "wing lift heat"),
                        Stream.generate(() -> "").limit(9))
                .toList();
        var other = new ArrayList<>(texts);
        other.set(3, "lift");
        Origin origin = Rankings.of("texts", texts, List.of("wing"), List.of(Set.of(0, 1)))
                .origin();
        assertThat(origin)
                .isEqualTo(Rankings.of("texts", texts, List.of("wing"), List.of(new TreeSet<>(Set.of(1, 0))))
                        .origin())
                .isNotEqualTo(Rankings.of("texts", other, List.of("wing"), List.of(Set.of(0, 1)))
                        .origin())
                .isNotEqualTo(Rankings.of("texts", texts, List.of("wings wing"), List.of(Set.of(0, 1)))
                        .origin())
                .isNotEqualTo(Rankings.of("texts", texts, List.of("wing"), List.of(Set.of(0)))
                        .origin());
    }

    /** More topics than there are dimensions, and of words in no other: what is left outside has no direction. */
    @Test
    void wordVectorsAreFiniteWhereTopicsShareNoWord() {
        var texts = new ArrayList<String>();
        var queries = new ArrayList<String>();
        var relevant = new ArrayList<Set<Integer>>();
        for (int topic = 0; topic < 90; topic++) {
            String text = "a" + topic + " b" + topic + " ";
            texts.addAll(Collections.nCopies(3, text.repeat(topic < 70 ? 40 : 1)));
            queries.add("a" + topic);
            relevant.add(Set.of(3 * topic));
        }
        for (float[] vector : Rankings.of("apart", texts, queries, relevant).vectors()) {
            assertThat(Lists.product(vector, vector, 0)).isBetween(0.0, 1.0001);
        }
    }

    @Test
    void queriesOfRelevantDocumentsAloneTeachNothing() {
        List<String> texts = Stream.concat(
                        Stream.of("wing lift", "wing heat", "wing lift heat"),
                        Stream.generate(() -> "").limit(9))
                .toList();
        Set<Integer> all = Set.of(0, 1, 2);
        Rankings data = Rankings.of("easy", texts, List.of("wing", "wing"), List.of(all, all))
                .split(1, 0);
        assertThatThrownBy(() -> Knrm.training(new Piat(), data, Knrm.plan()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Of each query for training in easy, split(")
                .hasMessageContaining("all candidates are relevant, so that there is no list to train on");
    }

    /** A run of a time when texts in memory were known by their name alone. */
    @Test
    void dataWithoutAHashAreNotTakenForTheSame() {
        var then = new Origin("texts", "", List.of(), List.of());
        Origin now = new Origin("texts", "", List.of(SourceFile.inMemory("documents", new byte[3])), List.of());
        assertThatThrownBy(() -> ListNetwork.requireSame("KNRM", then, now))
                .hasMessage(
                        "KNRM was trained on texts and not on the data given: no SHA-256 of their content was kept, so"
                                + " it is unknown whether texts is the same; give the same data and the same split.");
    }

    /** 1,400 abstracts, where a user puts them or {@code ARDENT_CRANFIELD} says. */
    @Test
    void cranfieldIsReadWhereItIs() {
        String place = Objects.requireNonNullElse(System.getenv("ARDENT_CRANFIELD"), "datasets/cranfield");
        assumeTrue(Files.isDirectory(Path.of(place)), "the Cranfield collection is not here");
        Rankings data = Rankings.load(Path.of(place)).split(60, 0);
        assertThat(data.test()).hasSize(60);
        double sum = 0;
        for (Rankings.Query query : data.test()) {
            sum += AttackedLists.reciprocal(
                    IntStream.range(0, query.candidates().length).toArray(), query);
        }
        assertThat(sum / 60).as("MRR@10 of BM25").isBetween(0.4, 0.7);
    }
}
