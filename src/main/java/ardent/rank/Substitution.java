package ardent.rank;

import ardent.provenance.Arguments;
import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.IntStream;

/**
 * The attack on a ranker: words of a document give way to neighbours, words of similar meaning as far as the word vectors of {@link Rankings}
 * tell (they are topical rather than synonymous). In training it is of first order: the words whose exchange moves the score most along its
 * gradient. In an evaluation it is greedy: the best of all exchanges of one word, as the ranker itself scores them, again and again.
 *
 * @param words how many words of a document give way at most, at least 1
 * @param neighbours how many neighbours a word has at most, at least 1
 * @param cosine how near they are at least, in [0, 1]
 */
public record Substitution(int words, int neighbours, double cosine) {
    /** Checks the numbers. */
    public Substitution {
        Arguments.atLeastOne("word", words);
        Arguments.atLeastOne("neighbour", neighbours);
        Arguments.share("least cosine of neighbours", (float) cosine);
    }

    /** 10 words, of 10 neighbours each with a cosine of at least 0.5. */
    public Substitution() {
        this(10, 10, 0.5);
    }

    /**
     * The budget of the attack, as measures name it.
     *
     * @return words, and what else is not as usual
     */
    public String name() {
        var usual = new Substitution();
        boolean alike = neighbours == usual.neighbours && cosine == usual.cosine;
        return words
                + (words == 1 ? " word" : " words")
                + (alike ? "" : " of " + neighbours + " neighbours, cosine " + cosine);
    }

    /** The neighbours of each word, nearest first. */
    int[][] near(float[][] vectors) {
        var near = new int[vectors.length][];
        var cosines = new float[vectors.length];
        for (int w = 0; w < near.length; w++) {
            for (int v = 0; v < near.length; v++) {
                cosines[v] = (float) Lists.product(vectors[w], vectors[v], 0);
            }
            near[w] = Arrays.stream(Lists.order(cosines, neighbours, new int[] {w}))
                    .filter(v -> cosines[v] >= cosine)
                    .toArray();
        }
        return near;
    }

    /** The document with the words that a slope exchanges for most; slopes of words begin at a place and follow each other. */
    int[] along(int[] document, float[] slopes, int from, float[][] vectors, int[][] near) {
        var gains = new float[document.length];
        var into = new int[document.length];
        for (int p = 0; p < document.length; p++) {
            float[] own = vectors[document[p]];
            int at = from + p * own.length;
            double stay = Lists.product(own, slopes, at);
            for (int word : near[document[p]]) {
                float gain = (float) (Lists.product(vectors[word], slopes, at) - stay);
                if (gain > gains[p]) {
                    gains[p] = gain;
                    into[p] = word;
                }
            }
        }
        int[] changed = document.clone();
        for (int p : Lists.order(gains, words)) {
            changed[p] = gains[p] > 0 ? into[p] : changed[p];
        }
        return changed;
    }

    /** The document that greedy exchanges raise for a query. */
    int[] raised(Knrm.Pooling query, int[] document, int[][] near) {
        int[] text = document.clone();
        double[][] sums = query.sums(text);
        var changed = new HashSet<Integer>();
        for (int round = 0; round < words; round++) {
            double best = query.score(sums, 0, 0);
            int at = -1;
            int into = -1;
            var tried = new HashSet<Integer>();
            for (int p : IntStream.range(0, text.length)
                    .filter(p -> !changed.contains(p) && tried.add(text[p]))
                    .toArray()) {
                for (int word : near[text[p]]) {
                    double score = query.score(sums, text[p], word);
                    if (score > best) {
                        best = score;
                        at = p;
                        into = word;
                    }
                }
            }
            if (at < 0) {
                break;
            }
            query.add(sums, text[at], -1);
            query.add(sums, into, 1);
            text[at] = into;
            changed.add(at);
        }
        return text;
    }
}
