package ardent.recommend;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.data.DataException;
import ardent.data.Origin;
import ardent.data.Selection;
import ardent.data.SourceFile;
import ardent.provenance.Arguments;
import ardent.rank.Lists;
import ardent.tensor.Shuffle;
import ardent.tensor.Torch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which users chose which items: pairs without any value, for training, validation and testing.
 *
 * <p>Users and items are counted from 0, users in the order of their first pair that counts; {@link #split} leaves out users
 * of fewer than five pairs and counts anew. Two sets that recommenders are tried on are not shipped because of their terms:
 * {@link #MOVIELENS} is read by {@link #ratings}, {@link #CITEULIKE} by {@link #lists}.
 */
public final class Interactions {
    /** Where MovieLens 100K comes from, and under which terms. */
    public static final String MOVIELENS =
            "MovieLens 100K (F. M. Harper and J. A. Konstan, ACM TiiS 5, 2015: 943 users, 1,682 films) is at"
                    + " grouplens.org/datasets/movielens/100k as u.data, for research and with this acknowledgement; it may be"
                    + " passed on under the same conditions alone and not be used commercially without leave, so that it does not"
                    + " come with Ardent";

    /** Where CiteULike comes from, and under which terms. */
    public static final String CITEULIKE =
            "CiteULike is at github.com/js05212/citeulike-t as users.dat; no licence is stated,"
                    + " so that it does not come with Ardent";

    /** Users with fewer pairs are left out when pairs are split, as in the code of HetComp. */
    private static final int FEWEST = 5;

    private static final String NUMBER = "-?\\d{1,15}(\\.\\d+)?";

    private static final String RATING = "(?i).*rating.*";

    private static final String TIME = "(?i)\"?(unix_?)?(review_?)?(time(stamp)?|date(time)?)\"?(:\\w+)?";

    /** The first column of a line of titles, with its type as RecBole writes it. */
    private static final String TITLE = "(?i)\"?user([-_ ]?id)?\"?(:\\w+)?";

    private final Origin origin;
    private final int items;
    private final int[][][] parts;

    /** By part and user; one part is not split, three are training, validation and test. */
    private Interactions(Origin origin, int items, int[][]... parts) {
        this.origin = origin;
        this.items = items;
        this.parts = parts;
    }

    /**
     * Pairs given in memory.
     *
     * @param name what they are called
     * @param chosen for each user the items, from 0, each at most once
     * @return all of them for training, until they are split
     * @throws IllegalArgumentException in one sentence, if there is no pair, a user has none, or a pair comes twice
     */
    public static Interactions of(String name, List<int[]> chosen) {
        Arguments.given("name", name);
        int[][] lists = Arguments.all("chosen", chosen).toArray(int[][]::new);
        for (int u = 0; u < lists.length; u++) {
            lists[u] = lists[u].clone();
            String user = "User " + u + " of " + name;
            if (lists[u].length == 0) {
                throw new IllegalArgumentException(user + " has no item: leave users without items out.");
            }
            var seen = new HashSet<Integer>();
            for (int item : lists[u]) {
                boolean number = item >= 0 && item < Integer.MAX_VALUE;
                if (!number || !seen.add(item)) {
                    String why = number ? " twice: give each pair once." : ": number items from 0 without large gaps.";
                    throw new IllegalArgumentException(user + " has the item " + item + why);
                }
            }
        }
        var content = SourceFile.inMemory("pairs", Arrays.deepToString(lists).getBytes(StandardCharsets.UTF_8));
        return whole(new Origin(name, "", List.of(content), List.of()), lists);
    }

    private static Interactions whole(Origin origin, int[][] lists) {
        if (lists.length == 0) {
            throw new IllegalArgumentException("There is no pair in " + origin + ".");
        }
        int items = Arrays.stream(lists).flatMapToInt(Arrays::stream).max().orElse(-1) + 1;
        return new Interactions(origin, items, lists);
    }

    /**
     * Reads ratings as MovieLens has them: one a line, user, item, rating and perhaps more, with tabs, commas or {@code ::}
     * between them (whichever the first line has), and perhaps a line of titles first, which begins with {@code user}, {@code userId} or
     * {@code user_id} and has that of the ratings third. A rating that is high enough is a pair.
     *
     * @param place the file, or a folder with {@code u.data} or {@code ml-100k.inter}, plain or as {@code .gz}
     * @param least the lowest rating that counts
     * @return all pairs, until they are split
     * @throws DataException in one sentence naming file and line
     */
    public static Interactions ratings(Path place, double least) {
        Arguments.given("place", place);
        Arguments.finite("lowest rating", least);
        Path file = found(place, MOVIELENS, "u.data", "ml-100k.inter");
        var chosen = new LinkedHashMap<String, List<Integer>>();
        var numbers = new HashMap<String, Integer>();
        var seen = new HashSet<List<String>>();
        List<String> lines = SourceFile.lines(file);
        String separator = lines.isEmpty()
                ? ""
                : Stream.of("\t", "::")
                        .filter(lines.get(0)::contains)
                        .findFirst()
                        .orElse(",");
        for (int i = 0; i < lines.size(); i++) {
            List<String> fields = Stream.of(lines.get(i).split(separator, -1))
                    .map(String::strip)
                    .toList();
            if (i == 0
                    && fields.get(0).matches(TITLE)
                    && fields.size() > 2
                    && !fields.get(2).matches(NUMBER)) {
                if (!fields.get(2).matches(RATING)
                        && (fields.get(2).matches(TIME) || fields.stream().anyMatch(title -> title.matches(RATING)))) {
                    throw DataException.line(
                            file,
                            i,
                            "has \"" + fields.get(2)
                                    + "\" as its third column, where the ratings are read: give user, item"
                                    + " and rating in this order");
                }
                continue;
            }
            if (fields.size() < 3
                    || fields.subList(0, 2).contains("")
                    || !fields.get(2).matches(NUMBER)) {
                throw DataException.line(
                        file,
                        i,
                        "is not a user, an item and a rating with tabs, commas or :: between them; titles begin with"
                                + " user, userId or user_id");
            }
            String user = fields.get(0);
            String item = fields.get(1);
            if (!seen.add(fields.subList(0, 2))) {
                throw DataException.line(file, i, "rates the item " + item + " by the user " + user + " a second time");
            }
            if (Double.parseDouble(fields.get(2)) >= least) {
                int number = numbers.computeIfAbsent(item, none -> numbers.size());
                chosen.computeIfAbsent(user, none -> new ArrayList<>()).add(number);
            }
        }
        return read(file, "ratings of at least " + least, chosen.values());
    }

    /**
     * Reads lists as CiteULike has them: a line a user, the number of items first and then the items.
     *
     * @param place the file, or a folder with {@code users.dat}, plain or as {@code .gz}
     * @return all pairs, until they are split
     * @throws DataException in one sentence naming file and line
     */
    public static Interactions lists(Path place) {
        Arguments.given("place", place);
        Path file = found(place, CITEULIKE, "users.dat");
        var lists = new ArrayList<List<Integer>>();
        List<String> lines = SourceFile.lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.matches("\\d{1,9}( \\d{1,9})*")) {
                throw DataException.line(
                        file, i, "is not a row of whole numbers, how many items and which: a user has at least one");
            }
            List<Integer> numbers =
                    Arrays.stream(line.split(" ")).map(Integer::valueOf).toList();
            List<Integer> chosen = numbers.subList(1, numbers.size());
            if (numbers.get(0) != chosen.size() || chosen.isEmpty()) {
                throw DataException.line(
                        file, i, "says that it has " + numbers.get(0) + " items and has " + chosen.size());
            }
            if (new HashSet<>(chosen).size() != chosen.size()) {
                throw DataException.line(file, i, "has an item twice");
            }
            lists.add(chosen);
        }
        return read(file, "lists", lists);
    }

    private static Path found(Path place, String known, String... names) {
        Path file = Files.isDirectory(place) ? SourceFile.find(place, names).orElse(place) : place;
        if (!Files.isRegularFile(file)) {
            throw new DataException(
                    "There is no file " + (Files.exists(place) ? String.join(" or ", names) + " in " + place : place)
                            + ": put your data there; " + known + ".");
        }
        return file;
    }

    private static Interactions read(Path file, String how, Collection<List<Integer>> lists) {
        if (lists.isEmpty()) {
            throw new DataException("There is no pair in " + file + " (" + how + "): give a file that has some.");
        }
        int[][] chosen = lists.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
        return whole(new Origin(how, "", List.of(SourceFile.of(file)), List.of()), chosen);
    }

    /**
     * Splits the pairs of each user: a fifth for testing, a fifth for validation, the rest for training, as the code of HetComp
     * does. Users with fewer than five pairs are left out, and so are items that nobody has in training.
     *
     * @param seed of the choice
     * @return the same pairs, split, with users and items counted anew
     * @throws IllegalArgumentException in one sentence, if they are split already or no user has five pairs
     */
    public Interactions split(long seed) {
        if (parts.length > 1) {
            throw new IllegalArgumentException(origin + " is split already.");
        }
        int[][] kept =
                Arrays.stream(parts[0]).filter(list -> list.length >= FEWEST).toArray(int[][]::new);
        if (kept.length == 0) {
            throw new IllegalArgumentException("No user of " + origin + " has " + FEWEST + " pairs to be split.");
        }
        var random = new SplittableRandom(seed);
        var three = new int[3][kept.length][];
        for (int u = 0; u < kept.length; u++) {
            int[] all = kept[u];
            int[] order = Shuffle.order(all.length, random);
            Arrays.setAll(order, k -> all[order[k]]);
            int fifth = all.length / FEWEST;
            three[0][u] = Arrays.copyOfRange(order, 2 * fifth, all.length);
            three[1][u] = Arrays.copyOfRange(order, fifth, 2 * fifth);
            three[2][u] = Arrays.copyOf(order, fifth);
        }
        int[] trained = Arrays.stream(three[0])
                .flatMapToInt(Arrays::stream)
                .sorted()
                .distinct()
                .toArray();
        for (int[][] part : three) {
            Arrays.setAll(
                    part,
                    u -> Arrays.stream(part[u])
                            .map(item -> Arrays.binarySearch(trained, item))
                            .filter(item -> item >= 0)
                            .sorted()
                            .toArray());
        }
        int pairs = Arrays.stream(kept).mapToInt(list -> list.length).sum();
        Origin whole = origin.then(new Selection("split", pairs, "seed " + seed));
        return new Interactions(whole, trained.length, three);
    }

    /**
     * Where the pairs come from.
     *
     * @return file, or what was given in memory, with SHA-256, and how it was split
     */
    public Origin origin() {
        return origin;
    }

    /**
     * Number of users.
     *
     * @return at least 1
     */
    public int users() {
        return parts[0].length;
    }

    /**
     * Number of items.
     *
     * @return at least 1
     */
    public int items() {
        return items;
    }

    /** The items that a user has in training; not to be changed, as those below. */
    int[] training(int user) {
        return parts[0][user];
    }

    int[] validation(int user) {
        return parts[1][user];
    }

    int[] test(int user) {
        return parts[2][user];
    }

    /** Refuses pairs that are not split. */
    void requireSplit() {
        if (parts.length == 1) {
            throw new IllegalArgumentException(
                    origin + " is not split into training, validation and test: call split(seed) first.");
        }
    }

    /** {@code [B, I]}: 1 where a user has the item in training. */
    NDArray observed(int... users) {
        var mask = new float[Arguments.product("size of the table", users.length, items)];
        for (int b = 0; b < users.length; b++) {
            for (int item : training(users[b])) {
                mask[b * items + item] = 1;
            }
        }
        return Torch.array(mask, new Shape(users.length, items));
    }

    int[] everybody() {
        return IntStream.range(0, users()).toArray();
    }

    /** For each user the first unobserved items by score, best first. */
    int[][] best(float[][] scores, int count) {
        var best = new int[scores.length][];
        Arrays.setAll(best, u -> Lists.order(scores[u], count, training(u)));
        return best;
    }

    /** A random item that a user does not have in training; there must be one. */
    int unobserved(int user, SplittableRandom random) {
        while (true) {
            int item = random.nextInt(items);
            if (Arrays.binarySearch(training(user), item) < 0) {
                return item;
            }
        }
    }

    /** Users, items and pairs in one line. */
    @Override
    public String toString() {
        int pairs = Arrays.stream(parts)
                .flatMap(Arrays::stream)
                .mapToInt(list -> list.length)
                .sum();
        return origin + ": " + users() + " users, " + items + " items, " + pairs + " pairs";
    }
}
