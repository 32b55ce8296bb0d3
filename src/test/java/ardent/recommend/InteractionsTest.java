package ardent.recommend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.data.DataException;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractionsTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("pairs.txt"), text);
    }

    @Test
    void ratingsThatAreHighEnoughBecomePairs() throws IOException {
        Path file =
                file("user_id:token\titem_id:token\trating:float\ttime\nann\tx\t5\t1\nbob\tx\t3\t2\nann\ty\t4\t3\n");
        Interactions pairs = Interactions.ratings(file, 4);
        assertThat(pairs.users()).isEqualTo(1);
        assertThat(pairs.training(0)).containsExactly(0, 1);
        assertThat(pairs.origin().files().get(0).sha256()).isEqualTo(Sha256.of(file));
        Interactions blanks = Interactions.ratings(file("\uFEFF1,a,5\n 1,b,5\n1, c,5\n2,a,4\n"), 4);
        assertThat(blanks.users()).isEqualTo(2);
        assertThat(blanks.items()).isEqualTo(3);
        assertThat(Interactions.lists(file("\uFEFF2 0 4\n1 2\n")).users()).isEqualTo(2);
        for (String titles :
                List.of("userId,movieId,rating,timestamp", "user,item,rating", "\"User-ID\",\"ISBN\",\"r\"")) {
            assertThat(Interactions.ratings(file(titles + "\n1,7,5\n"), 1).users())
                    .as(titles)
                    .isEqualTo(1);
        }
        assertThat(Interactions.ratings(file("user,7,5\n"), 1).users())
                .as("a user of that name")
                .isEqualTo(1);
        assertThat(Interactions.ratings(file("1::7::5::9\n2::7::1::9\n"), 1).items())
                .isEqualTo(1);
    }

    @Test
    void theFilesOfMovieLensAreFoundInTheirFolder() throws IOException {
        assertThatThrownBy(() -> Interactions.ratings(folder, 4))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("There is no file u.data or ml-100k.inter in " + folder)
                .hasMessageContaining("for research and with this acknowledgement");
        assertThatThrownBy(() -> Interactions.lists(folder))
                .hasMessageStartingWith("There is no file users.dat in " + folder)
                .hasMessageContaining("no licence is stated");
        Files.writeString(folder.resolve("users.dat"), "2 0 4\n1 2\n");
        assertThat(Interactions.lists(folder).users()).isEqualTo(2);
        try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("ml-100k.inter.gz")))) {
            out.write("user_id:token\titem_id:token\trating:float\n1\t2\t5\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Interactions.ratings(folder, 4).users()).isEqualTo(1);
        Files.writeString(folder.resolve("u.data"), "1\t2\t5\t0\n2\t2\t5\t0\n");
        assertThat(Interactions.ratings(folder, 4).users()).isEqualTo(2);
    }

    @Test
    void listsAreReadWithTheirLengths() throws IOException {
        Interactions pairs = Interactions.lists(file("2 0 4\n1 2\n"));
        assertThat(pairs.users()).isEqualTo(2);
        assertThat(pairs.items()).isEqualTo(5);
        assertThat(pairs.training(1)).containsExactly(2);
    }

    @Test
    void blankLinesAtTheEndAreNone() throws IOException {
        assertThat(Interactions.lists(file("1 4\n\n \n")).users()).isEqualTo(1);
        assertThat(Interactions.ratings(file("1,a,5\n\n"), 4).users()).isEqualTo(1);
    }

    @Test
    void aSplitTakesAFifthEachAndIsThatOfItsSeed() {
        var lists = IntStream.range(0, 30)
                .mapToObj(u -> IntStream.range(u, u + 4 + u % 12).toArray())
                .toList();
        Interactions whole = Interactions.of("stairs", lists);
        Interactions split = whole.split(3);
        int kept = (int) lists.stream().filter(list -> list.length >= 5).count();
        assertThat(split.users()).isEqualTo(kept);
        var trained = new TreeSet<Integer>();
        for (int u = 0; u < split.users(); u++) {
            int size = lists.stream().filter(list -> list.length >= 5).toList().get(u).length;
            assertThat(split.training(u)).hasSize(size - 2 * (size / 5)).doesNotContain(split.test(u));
            assertThat(split.validation(u)).hasSizeLessThanOrEqualTo(size / 5).doesNotContain(split.test(u));
            Arrays.stream(split.training(u)).forEach(trained::add);
        }
        assertThat(trained).hasSize(split.items()).startsWith(0).endsWith(split.items() - 1);
        assertThat(whole.split(3).training(5)).isEqualTo(split.training(5));
        assertThat(IntStream.range(0, kept)
                        .allMatch(u -> Arrays.equals(whole.split(4).training(u), split.training(u))))
                .isFalse();
        assertThat(split.origin().toString()).contains("seed 3");
    }

    /** A split goes by places in the lists, so that other orders are other data too. */
    @Test
    void pairsInMemoryAreKnownByTheirContent() {
        Interactions pairs = Interactions.of("mine", List.of(new int[] {1, 2}, new int[] {3}));
        assertThat(pairs.origin())
                .isEqualTo(Interactions.of("mine", List.of(new int[] {1, 2}, new int[] {3}))
                        .origin())
                .isNotEqualTo(Interactions.of("mine", List.of(new int[] {2, 1}, new int[] {3}))
                        .origin())
                .isNotEqualTo(Interactions.of("mine", List.of(new int[] {1}, new int[] {2, 3}))
                        .origin());
    }

    @Test
    void badPairsAreRefusedInASentence() throws IOException {
        refused("a\tb\t5\na\tb\t4\n", "line 2 rates the item b by the user a a second time");
        refused("a\tb\t5\na\tc\n", "line 2 is not a user, an item and a rating");
        refused("a\tb\t5\na\tc\tgood\n", "line 2 is not a user, an item and a rating");
        refused("1,a,\n1,b,5\n", "line 1 is not a user, an item and a rating"); // no titles: the user is a number
        refused(
                "user_id,rating,item_id\n1,5,77\n",
                "line 1 has \"item_id\" as its third column, where the ratings are read");
        refused("userId,movieId,timestamp\n1,10,97\n", "line 1 has \"timestamp\" as its third column");
        refused("ann,x,good\n1,b,5\n", "line 1 is not a user, an item and a rating"); // no titles: ann is none
        refused("1,a,5e0\n1,b,5\n", "line 1 is not a user, an item and a rating");
        refused("1,a,good\n1,b,5\n", "line 1 is not a user, an item and a rating");
        refused("1\ta\t4,5\n1\tb\t5\n", "line 1 is not a user, an item and a rating"); // a comma is no point
        refused("1,a,5\n1\tb\t5\n", "line 2 is not a user, an item and a rating"); // one separator
        refused("1,a,5\n1, a ,5\n", "line 2 rates the item a by the user 1 a second time");
        refused("a\tb\t1\n", "There is no pair in " + folder.resolve("pairs.txt") + " (ratings of at least 4.0)");
        refused("", "There is no pair in " + folder.resolve("pairs.txt"));
        for (String text : List.of("2 1\n", "0\n")) {
            assertThatThrownBy(() -> Interactions.lists(file(text))).hasMessageContaining("line 1 says that it has");
        }
        assertThatThrownBy(() -> Interactions.lists(file("1 4\n\n1 2\n"))).hasMessageContaining("line 2 is not a row");
        assertThatThrownBy(() -> Interactions.lists(file("2 4 4\n"))).hasMessageContaining("line 1 has an item twice");
        Path latin = Files.write(folder.resolve("latin.txt"), "é\tb\t5\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Interactions.ratings(latin, 4))
                .isInstanceOf(DataException.class)
                .hasMessage(latin + " is not a text in UTF-8: save it as one.");
        assertThatThrownBy(() -> Interactions.ratings(folder.resolve("none"), 4))
                .isInstanceOf(DataException.class)
                .hasMessage("There is no file " + folder.resolve("none") + ": put your data there; "
                        + Interactions.MOVIELENS + ".");
        assertThatThrownBy(() -> Interactions.lists(folder.resolve("none")))
                .hasMessageContaining("no licence is stated");
        assertThatThrownBy(() -> Interactions.of("pairs", List.of(new int[] {1}, new int[0])))
                .hasMessageContaining("User 1 of pairs has no item");
        assertThatThrownBy(() -> Interactions.of("pairs", List.of(new int[] {1, 1})))
                .hasMessageContaining("has the item 1 twice");
        for (int item : new int[] {-1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> Interactions.of("pairs", List.of(new int[] {1, item})))
                    .hasMessage("User 0 of pairs has the item " + item + ": number items from 0 without large gaps.");
        }
        assertThatThrownBy(() ->
                        Interactions.of("pairs", List.of(new int[] {1, 2})).split(0))
                .hasMessageContaining("No user of pairs has 5 pairs");
        Interactions split =
                Interactions.of("pairs", List.of(new int[] {1, 2, 3, 4, 5, 6})).split(0);
        assertThatThrownBy(() -> split.split(0)).hasMessageContaining("is split already");
    }

    private void refused(String text, String message) {
        assertThatThrownBy(() -> Interactions.ratings(file(text), 4)).hasMessageContaining(message);
    }
}
