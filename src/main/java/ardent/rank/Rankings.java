package ardent.rank;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.data.DataException;
import ardent.data.Origin;
import ardent.data.Selection;
import ardent.data.SourceFile;
import ardent.provenance.Arguments;
import ardent.tensor.Noise;
import ardent.tensor.Shuffle;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Queries, the documents that are candidates for each, and which of these are relevant.
 *
 * <p>Words are in lower case, of letters and digits; of a text the first 120 are read, and words in fewer than three or in more than a
 * quarter of the documents are left out. Candidates of a query are the first 50 documents by BM25 (Robertson et al., 1994) with k₁ = 0.9, b = 0.4. A query without a relevant
 * document among them cannot be ranked well or badly and is left out.
 */
public final class Rankings {
    /** Where the Cranfield collection comes from, and under which terms. */
    public static final String CRANFIELD =
            "the Cranfield collection (C. W. Cleverdon, 1967: 1,400 abstracts, 225 queries) is"
                    + " distributed by the University of Glasgow as cran.all.1400, cran.qry and cranqrel"
                    + " (ir.dcs.gla.ac.uk/resources/test_collections/cran); no licence is stated, so that it does not come with Ardent";

    private static final int LONGEST = 120;
    private static final int FEWEST = 3;
    private static final int OFTEN = 4;
    private static final int CANDIDATES = 50;
    private static final double K1 = 0.9;
    private static final double B = 0.4;
    private static final int DIMENSION = 64;
    private static final int ROUNDS = 8;
    private static final int RELEVANT = 3;
    private static final double LEAST = 1e-6;

    private final Origin origin;
    private final int words;
    private final int[][] documents;
    private final float[][] vectors;
    private final Map<Substitution, int[][]> near;
    private final List<Query> queries;
    private final List<Query> test;

    /**
     * A query.
     *
     * @param words numbers of its words
     * @param candidates numbers of documents by BM25, best first
     * @param relevant which of them are relevant, at least one
     */
    @SuppressWarnings("ArrayRecordComponent") // told apart by being another one
    record Query(int[] words, int[] candidates, Set<Integer> relevant) {
        int[] with(boolean sought) {
            return Arrays.stream(candidates)
                    .filter(document -> relevant.contains(document) == sought)
                    .toArray();
        }
    }

    private Rankings(Rankings same, Origin origin, List<Query> queries, List<Query> test) {
        this.origin = origin;
        words = same.words;
        documents = same.documents;
        vectors = same.vectors;
        near = same.near;
        this.queries = queries;
        this.test = test;
    }

    private Rankings(Origin origin, List<String> texts, List<String> asked, List<Set<Integer>> relevant) {
        this.origin = origin;
        List<List<String>> read = texts.stream().map(Rankings::words).toList();
        var counts = new TreeMap<String, Integer>();
        read.forEach(text -> Set.copyOf(text).forEach(word -> counts.merge(word, 1, Integer::sum)));
        counts.values().removeIf(count -> count < FEWEST || count > texts.size() / OFTEN);
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("No word of " + origin
                    + " is in three documents and in a quarter of them at" + " most: give more documents.");
        }
        List<String> known = List.copyOf(counts.keySet());
        words = known.size();
        Function<List<String>, int[]> numbers = text -> text.stream()
                .mapToInt(word -> Collections.binarySearch(known, word))
                .filter(word -> word >= 0)
                .toArray();
        documents = read.stream().map(numbers).toArray(int[][]::new);
        var bm25 = new Bm25(documents, words);
        vectors = bm25.vectors();
        near = new ConcurrentHashMap<>();
        queries = new ArrayList<>();
        for (int q = 0; q < asked.size(); q++) {
            int[] query = numbers.apply(words(asked.get(q)));
            int[] found = bm25.first(query);
            Set<Integer> among = new HashSet<>(relevant.get(q));
            among.retainAll(Arrays.stream(found).boxed().toList());
            if (!among.isEmpty()) {
                queries.add(new Query(query, found, among));
            }
        }
        if (queries.isEmpty()) {
            throw new IllegalArgumentException("No query of " + origin + " has a relevant document among its first "
                    + CANDIDATES + " by BM25: give queries in the words of documents that are judged relevant.");
        }
        test = List.of();
    }

    private static List<String> words(String text) {
        return Stream.of(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
                .filter(word -> !word.isEmpty())
                .limit(LONGEST)
                .toList();
    }

    /**
     * Texts given in memory.
     *
     * @param name what they are called
     * @param documents the texts
     * @param queries what is asked
     * @param relevant for each query the numbers of the documents that are relevant, from 0
     * @return all queries for training, until they are split
     * @throws IllegalArgumentException in one sentence, if a number is no document's or no query has a relevant candidate
     */
    public static Rankings of(String name, List<String> documents, List<String> queries, List<Set<Integer>> relevant) {
        Arguments.given("name", name);
        List<String> texts = Arguments.all("documents", documents);
        List<String> asked = Arguments.all("queries", queries);
        if (Arguments.all("relevant", relevant).size() != asked.size()) {
            throw new IllegalArgumentException("There are " + asked.size() + " queries and judgements of "
                    + relevant.size() + ": give one set for each query.");
        }
        relevant.forEach(numbers -> numbers.forEach(number -> {
            if (number < 0 || number >= texts.size()) {
                throw new IllegalArgumentException("The document " + number + " is judged and " + name + " has "
                        + texts.size() + " documents, counted from 0.");
            }
        }));
        List<SourceFile> content = List.of(
                content("documents", texts),
                content("queries", asked),
                content("relevant", relevant.stream().map(TreeSet::new).toList()));
        return new Rankings(new Origin(name, "", content, List.of()), texts, asked, relevant);
    }

    /** Each with its length, so that no two lists have the same text. */
    private static SourceFile content(String what, List<?> parts) {
        String text = parts.stream()
                .map(String::valueOf)
                .map(part -> part.length() + ":" + part)
                .collect(Collectors.joining());
        return SourceFile.inMemory(what, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the Cranfield collection, see {@link #CRANFIELD}. Judgements 1 to 3 are relevant.
     *
     * @param folder with the files {@code cran.all.1400}, {@code cran.qry} and {@code cranqrel}, plain or as {@code .gz}
     * @return all queries for training, until they are split
     * @throws DataException in one sentence naming file and line
     */
    public static Rankings load(Path folder) {
        Arguments.given("folder", folder);
        Path texts = file(folder, "cran.all.1400");
        Path asked = file(folder, "cran.qry");
        Path judged = file(folder, "cranqrel");
        List<String> documents = entries(texts, true);
        List<String> queries = entries(asked, false);
        List<Set<Integer>> relevant = Stream.generate(() -> (Set<Integer>) new HashSet<Integer>())
                .limit(queries.size())
                .toList();
        var seen = new HashSet<List<Integer>>();
        List<String> lines = SourceFile.lines(judged);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty()) { // the published file has some between judgements
                continue;
            }
            if (!line.matches("\\d{1,6}\\s+\\d{1,6}\\s+-?\\d")) {
                throw DataException.line(judged, i, "is not the numbers of a query and a document and a judgement");
            }
            List<Integer> row =
                    Stream.of(line.split("\\s+")).map(Integer::valueOf).toList();
            int query = row.get(0);
            int document = row.get(1);
            String what = "judges the document " + document + " for the query " + query;
            if (query < 1 || query > queries.size() || document < 1 || document > documents.size()) {
                String there = " documents and " + queries.size() + " queries";
                throw DataException.line(judged, i, what + ", and there are " + documents.size() + there);
            }
            if (!seen.add(row.subList(0, 2))) {
                throw DataException.line(judged, i, what + " a second time");
            }
            if (row.get(2) >= 1 && row.get(2) <= RELEVANT) {
                relevant.get(query - 1).add(document - 1);
            }
        }
        List<SourceFile> files =
                Stream.of(texts, asked, judged).map(SourceFile::of).toList();
        return new Rankings(new Origin("Cranfield", "", files, List.of()), documents, queries, relevant);
    }

    private static Path file(Path folder, String name) {
        return SourceFile.find(folder, name)
                .orElseThrow(
                        () -> new DataException("There is no file " + name + " in " + folder + "; " + CRANFIELD + "."));
    }

    /** The titles and texts of a file of entries; only documents are counted on, numbers of queries have gaps. */
    private static List<String> entries(Path file, boolean counted) {
        var entries = new ArrayList<StringBuilder>();
        boolean text = false;
        List<String> lines = SourceFile.lines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.matches("\\.I \\d{1,6}")) {
                if (i == lines.size() - 1) { // the published file ends with a number and no entry
                    break;
                }
                entries.add(new StringBuilder());
                int next = entries.size();
                if (counted && Integer.parseInt(line.substring(3)) != next) {
                    throw DataException.line(
                            file,
                            i,
                            "begins the entry " + line.substring(3) + " where the number " + next + " is next");
                }
            } else if (entries.isEmpty() && !line.isEmpty()) {
                throw DataException.line(file, i, "is not the beginning of an entry, such as \".I 1\"");
            } else if (line.matches("\\.[TABW]")) {
                text = line.equals(".T") || line.equals(".W");
            } else if (text) {
                entries.get(entries.size() - 1).append(line).append(' ');
            }
        }
        return entries.stream().map(StringBuilder::toString).toList();
    }

    /** Rows of length 1 at right angles (Gram and Schmidt), which span the same space. */
    private static NDArray orthonormal(NDArray rows) {
        float[][] all = Lists.rows(rows);
        for (int i = 0; i < all.length; i++) {
            for (int j = 0; j < i; j++) {
                add(all[i], all[j], -Lists.product(all[i], all[j], 0));
            }
            add(all[i], all[i], 1 / Math.max(Math.sqrt(Lists.product(all[i], all[i], 0)), LEAST) - 1);
        }
        return Lists.array(all);
    }

    private static void add(float[] sum, float[] other, double times) {
        for (int k = 0; k < sum.length; k++) {
            sum[k] += (float) (times * other[k]);
        }
    }

    /** BM25 of words for documents. */
    private static final class Bm25 {
        private final List<Map<Integer, Integer>> times;
        private final double[] idf;
        private final int[] lengths;

        Bm25(int[][] documents, int words) {
            times = Arrays.stream(documents)
                    .map(text -> {
                        var counted = new TreeMap<Integer, Integer>();
                        Arrays.stream(text).forEach(word -> counted.merge(word, 1, Integer::sum));
                        return (Map<Integer, Integer>) counted;
                    })
                    .toList();
            lengths = Arrays.stream(documents).mapToInt(text -> text.length).toArray();
            idf = new double[words];
            times.forEach(counted -> counted.keySet().forEach(word -> idf[word]++));
            Arrays.setAll(idf, word -> Math.log(1 + (documents.length - idf[word] + 0.5) / (idf[word] + 0.5)));
        }

        int[] first(int[] query) {
            double mean = Arrays.stream(lengths).average().orElse(0);
            var scores = new float[lengths.length];
            for (int d = 0; d < scores.length; d++) {
                double norm = K1 * (1 - B + B * lengths[d] / mean);
                for (int word : query) {
                    double tf = times.get(d).getOrDefault(word, 0);
                    scores[d] += (float) (idf[word] * tf * (K1 + 1) / (tf + norm));
                }
            }
            return Arrays.stream(Lists.order(scores, CANDIDATES))
                    .filter(d -> scores[d] > 0)
                    .toArray();
        }

        /**
         * Word vectors of length 1: the rows of words × documents by tf·idf, seen in the space of its 64 largest singular values;
         * what lies outside that space, but for rounding, is near 0 and has no neighbour.
         */
        float[][] vectors() {
            int count = lengths.length;
            int dimension = Math.min(DIMENSION, Math.min(count, idf.length));
            return Tape.read(() -> {
                var table = new float[Arguments.product("size of the table", idf.length, count)];
                for (int d = 0; d < count; d++) {
                    int column = d;
                    times.get(d).forEach((word, tf) -> table[word * count + column] = (float) (tf * idf[word]));
                }
                NDArray matrix = Torch.array(table, new Shape(idf.length, count));
                NDArray space = orthonormal(Noise.of(0).normal(new Shape(dimension, count)));
                for (int round = 0; round < ROUNDS; round++) {
                    space = orthonormal(
                            matrix.matMul(space.transpose()).transpose().matMul(matrix));
                }
                NDArray vectors = matrix.matMul(space.transpose());
                return Lists.rows(vectors.div(vectors.norm(new int[] {1}, true).maximum(Torch.constant(LEAST))));
            });
        }
    }

    /**
     * Sets queries apart for testing.
     *
     * @param count how many
     * @param seed of the choice
     * @return the same data, split
     * @throws IllegalArgumentException in one sentence, if they are split already or none is left to train on
     */
    public Rankings split(int count, long seed) {
        if (!test.isEmpty() || count < 1 || count >= queries.size()) {
            String why = test.isEmpty()
                    ? " queries, of which 1 to all but one are for testing, not " + count
                    : " queries left and is split already";
            throw new IllegalArgumentException(origin + " has " + queries.size() + why + ".");
        }
        int[] order = Shuffle.order(queries.size(), new SplittableRandom(seed));
        List<Query> shuffled = Arrays.stream(order).mapToObj(queries::get).toList();
        return new Rankings(
                this,
                origin.then(new Selection("split", count, "seed " + seed)),
                shuffled.subList(count, order.length),
                shuffled.subList(0, count));
    }

    /**
     * Where the texts come from.
     *
     * @return files, or what was given in memory, with SHA-256, and how the queries were split
     */
    public Origin origin() {
        return origin;
    }

    /** Refuses queries that are not split. */
    void requireSplit() {
        if (test.isEmpty()) {
            throw new IllegalArgumentException(
                    origin + " is not split into queries for training and testing: call split(count, seed) first.");
        }
    }

    List<Query> training() {
        return queries;
    }

    List<Query> test() {
        return test;
    }

    int[] document(int number) {
        return documents[number];
    }

    float[][] vectors() {
        return vectors;
    }

    /** The neighbours of each word as an attack knows them, searched once. */
    int[][] near(Substitution attack) {
        return near.computeIfAbsent(attack, each -> each.near(vectors));
    }

    /** Counts in one line. */
    @Override
    public String toString() {
        return origin + ": " + documents.length + " documents, " + words + " words, " + queries.size()
                + " queries for training, " + test.size() + " for testing";
    }
}
