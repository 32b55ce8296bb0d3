package ardent.grid;

import ardent.progress.Progress;
import ardent.provenance.Arguments;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * What the cells of a grid that are not done will take, as far as a pilot tells.
 *
 * @param parts trainings and measures that are not done, cell by cell
 * @param cells how many cells the grid has
 * @param open how many of them are not done
 * @param slots how many parts are done at once
 * @param pilot seconds that it took to find out
 */
public record GridPrice(List<Part> parts, int cells, int open, int slots, double pilot) {
    /** What the training of a cell is called here. */
    public static final String TRAINING = "training";

    /** Times that differ less are one. */
    private static final double SAME = 1.05;

    /** Copies the list. */
    public GridPrice {
        parts = Arguments.all("parts", parts);
        Arguments.atLeastOne("slot", slots);
    }

    /**
     * A training, or a student under one measure.
     *
     * @param candidate name of the candidate
     * @param seed its seed
     * @param work {@link #TRAINING} or the name of the measure
     * @param most what it takes at most
     * @param seconds what it is likely to take: for an attack that leaves out broken images, the middle between breaking none
     *     and all of them
     */
    public record Part(String candidate, long seed, String work, Effort most, double seconds) {
        /** Nothing is null. */
        public Part {
            Arguments.given("candidate, work, most", candidate, work, most);
        }

        /**
         * Which of the two.
         *
         * @return true for a training
         */
        public boolean trains() {
            return work.equals(TRAINING);
        }
    }

    /**
     * The same on a cluster.
     *
     * @param slots how many parts are done at once, each as fast as here
     * @return a changed copy
     */
    public GridPrice over(int slots) {
        return new GridPrice(parts, cells, open, slots, pilot);
    }

    /**
     * What all parts take at most, one after the other.
     *
     * @return the sum
     */
    public Effort most() {
        return parts.stream().map(Part::most).reduce(Effort.NONE, Effort::plus);
    }

    /**
     * What all parts are likely to take.
     *
     * @return wall time in seconds, on all slots
     */
    public double seconds() {
        return parts.stream().mapToDouble(Part::seconds).sum() / slots;
    }

    /** Seconds of one part on its slot, 0 if it is done. */
    double seconds(String candidate, long seed, String work) {
        return parts.stream()
                .filter(part -> part.candidate().equals(candidate)
                        && part.seed() == seed
                        && part.work().equals(work))
                .mapToDouble(Part::seconds)
                .sum();
    }

    /**
     * A time to read.
     *
     * @param seconds wall time
     * @return such as {@code 6 min 10 s}
     */
    public static String time(double seconds) {
        return Progress.time(Duration.ofMillis(Math.round(1000 * seconds)));
    }

    /** When work ends that begins now. */
    private static String end(double seconds) {
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        ZonedDateTime then = now.plusSeconds(Math.round(seconds));
        boolean today = then.toLocalDate().equals(now.toLocalDate());
        return then.format(DateTimeFormatter.ofPattern(today ? "HH:mm" : "d MMMM, HH:mm", Locale.ROOT));
    }

    /** Forwards, backwards, time and end in one line. */
    @Override
    public String toString() {
        double longest = most().seconds() / slots;
        return String.format(
                Locale.ROOT,
                "%,.0f forwards, %,.0f backwards, about %s%s, until %s",
                most().forwards(),
                most().backwards(),
                time(seconds()),
                longest > SAME * seconds() ? " (at most " + time(longest) + ")" : "",
                end(seconds()));
    }
}
