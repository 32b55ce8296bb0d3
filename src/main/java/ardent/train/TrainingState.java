package ardent.train;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All that a training needs to go on exactly where it is, but its best weights so far.
 *
 * @param position the numbers
 * @param arrays the arrays by name: the student's, the companions', what optimisers remember, the average; live ones of
 *     the training, or owned by who read them
 */
public record TrainingState(Position position, Map<String, NDArray> arrays) {
    /** Nothing is null. */
    public TrainingState {
        Arguments.given("position", position);
        arrays = Arguments.all("arrays", arrays);
    }

    /**
     * The numbers of a state.
     *
     * @param step steps done in the epoch in hand
     * @param seconds spent on it so far
     * @param sums sums of its terms, a step of fewer images weighed less
     * @param history epochs done
     * @param score of the best epoch, −∞ before there is one
     * @param best number of the best epoch, 0 before there is one
     * @param average what is averaged so far
     * @param companions names of companion layers
     * @param optimisers steps of each optimiser by name of its layers
     * @param memories what the method remembers
     */
    public record Position(
            int step,
            double seconds,
            List<Term> sums,
            List<Past> history,
            double score,
            int best,
            WeightAverage.Progress average,
            List<String> companions,
            Map<String, Integer> optimisers,
            Map<String, List<Double>> memories) {
        /** Nothing is null. */
        public Position {
            sums = Arguments.all("sums", sums);
            history = Arguments.all("history", history);
            Arguments.given("average", average);
            companions = Arguments.all("companions", companions);
            optimisers = Arguments.all("optimisers", optimisers);
            memories = Arguments.all("memories", memories);
        }
    }

    /** A named number; a list of them keeps their order. */
    record Term(String name, double value) {
        static List<Term> of(Map<String, Double> terms) {
            return terms.entrySet().stream()
                    .map(term -> new Term(term.getKey(), term.getValue()))
                    .toList();
        }

        static Map<String, Double> map(List<Term> terms) {
            var map = new LinkedHashMap<String, Double>();
            terms.forEach(term -> map.put(term.name, term.value));
            return map;
        }
    }

    /** An epoch as it is written down. */
    record Past(int number, double loss, List<Term> terms, double clean, double robust, double rate, double seconds) {
        static Past of(Epoch epoch) {
            return new Past(
                    epoch.number(),
                    epoch.loss(),
                    Term.of(epoch.terms()),
                    epoch.clean(),
                    epoch.robust(),
                    epoch.rate(),
                    epoch.seconds());
        }

        Epoch epoch() {
            return new Epoch(number, loss, Term.map(terms), clean, robust, rate, seconds);
        }
    }

    /** The arrays under a prefix, without it. */
    Map<String, NDArray> under(String prefix) {
        var found = new LinkedHashMap<String, NDArray>();
        arrays.forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), array);
            }
        });
        return found;
    }

    /** Names the arrays of a training. */
    static final class Arrays {
        private final Map<String, NDArray> all = new LinkedHashMap<>();

        Arrays put(String prefix, Map<String, NDArray> arrays) {
            arrays.forEach((name, array) -> all.put(prefix + name, array));
            return this;
        }

        Arrays put(String prefix, List<NDArray> arrays) {
            for (int i = 0; i < arrays.size(); i++) {
                all.put(prefix + i, arrays.get(i));
            }
            return this;
        }

        Map<String, NDArray> all() {
            return all;
        }
    }

    /** Arrays that are named by their numbers, in order. */
    List<NDArray> listed(String prefix) {
        var found = new ArrayList<NDArray>();
        Map<String, NDArray> named = under(prefix);
        while (named.containsKey(Integer.toString(found.size()))) {
            found.add(Objects.requireNonNull(named.get(Integer.toString(found.size()))));
        }
        return found;
    }
}
