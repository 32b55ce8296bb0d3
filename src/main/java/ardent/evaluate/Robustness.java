package ardent.evaluate;

import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.data.Images;
import ardent.elsewhere.Workers;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What networks score on images, clean and under attack.
 *
 * @param outcomes one per network; fewer if the work was stopped
 * @param attacks the attacks, in their order
 * @param classes class names by label
 * @param images the images in a few words, such as {@code MNIST test, take(1000, seed 0)}
 * @param data where the images come from
 * @param size number of images
 * @param protocol how it was measured
 * @param complete false if the work was stopped: what is missing was not measured
 */
public record Robustness(
        List<Outcome> outcomes,
        List<Attacked> attacks,
        List<String> classes,
        String images,
        Description data,
        int size,
        Protocol protocol,
        boolean complete) {
    /**
     * An attack by which networks were measured.
     *
     * @param name its name, unique among the attacks
     * @param description the attack with all its parameters
     * @param ball the ball it keeps to, as it says itself; empty if it keeps to none
     */
    public record Attacked(String name, Description description, Optional<Ball> ball) {
        /** Nothing is null. */
        public Attacked {
            Arguments.given("name, description, ball", name, description, ball);
        }

        /**
         * Attacks with names that tell them apart.
         *
         * @param attacks the attacks
         * @param classes how many classes the images have
         * @return one for each, in their order
         */
        public static List<Attacked> of(List<? extends Attack> attacks, int classes) {
            List<Description> descriptions = attacks.stream()
                    .map(attack -> Description.of(attack, Classifier::hashed))
                    .toList();
            List<String> names = UniqueNames.of(
                    attacks.stream().map(attack -> attack.label(classes)).toList(),
                    descriptions,
                    UniqueNames.Kind.ATTACK);
            return IntStream.range(0, names.size())
                    .mapToObj(i -> new Attacked(
                            names.get(i),
                            descriptions.get(i),
                            Optional.ofNullable(attacks.get(i).ball())))
                    .toList();
        }
    }

    /** Copies the lists. */
    public Robustness {
        Arguments.given("images, data, protocol", images, data, protocol);
        outcomes = Arguments.all("outcomes", outcomes);
        attacks = Arguments.all("attacks", attacks);
        classes = Arguments.all("classes", classes);
    }

    /**
     * Attacks networks on images and counts which remain correctly classified. Interrupted, it ends its batch and returns the scores that
     * are complete.
     *
     * @param subjects the networks, at least one
     * @param images test images
     * @param attacks none or more
     * @param protocol batch size and seed
     * @return the outcomes in the order of the subjects
     * @throws IllegalArgumentException if there is no subject, or if a network's logits are not finite or not one per
     *     class
     * @throws java.util.concurrent.CancellationException if it was interrupted before the first network was predicted
     */
    public static Robustness measure(
            List<Subject> subjects, Images images, List<? extends Attack> attacks, Protocol protocol) {
        Arguments.all("subjects", subjects);
        Arguments.given("images", images);
        Arguments.all("attacks", attacks);
        Arguments.given("protocol", protocol);
        return Work.run("evaluate", task -> {
            Robustness measured = measure(subjects, images, attacks, protocol, task);
            int scores = measured.outcomes().stream()
                    .mapToInt(outcome -> outcome.scores().size())
                    .sum();
            task.ending(
                    measured.complete()
                            ? "finished before it could stop"
                            : "stopped; the report has what was measured: " + scores + " of "
                                    + subjects.size() * attacks.size() + " scores under attack");
            return measured;
        });
    }

    /**
     * The same as part of a larger work.
     *
     * @param subjects the networks, at least one
     * @param images test images
     * @param attacks none or more
     * @param protocol batch size and seed
     * @param task receives progress and tells when to stop
     * @return the outcomes in the order of the subjects
     */
    public static Robustness measure(
            List<Subject> subjects, Images images, List<? extends Attack> attacks, Protocol protocol, Work.Task task) {
        Arguments.all("subjects", subjects);
        Arguments.given("images", images);
        Arguments.all("attacks", attacks);
        Arguments.given("protocol, task", protocol, task);
        if (subjects.isEmpty()) {
            throw new IllegalArgumentException("There is no network to evaluate.");
        }
        return new Measurement(images, attacks, protocol, task, null).run(subjects);
    }

    /**
     * The same by other programs, such as the executors of a cluster: each measures whole batches of the images, at least as many as the
     * largest batch of an attack, and draws for them what is drawn for them here. Flags, checks and findings are equal for any number
     * of programs; costs and times are added up over them. Little is kept here of each image: its classes, and pixels of none but the
     * first batch and the examples.
     *
     * @param subjects the networks, at least one
     * @param images test images
     * @param attacks none or more
     * @param protocol batch size and seed
     * @param workers who measures
     * @param task receives progress and tells when to stop: networks some of whose images are still missing then are left out
     * @param with receives at the end with what it was measured, and where
     * @return the outcomes in the order of the subjects
     * @throws IllegalArgumentException in one sentence, before work starts, if a network or an attack cannot be told to others, or if
     *     results would depend on how the images are shared out
     */
    public static Robustness measure(
            List<Subject> subjects,
            Images images,
            List<? extends Attack> attacks,
            Protocol protocol,
            Workers workers,
            Work.Task task,
            Consumer<Environment> with) {
        Arguments.all("subjects", subjects);
        Arguments.given("images, protocol, workers, task, with", images, protocol, workers, task, with);
        Arguments.all("attacks", attacks);
        if (subjects.isEmpty()) {
            throw new IllegalArgumentException("There is no network to evaluate.");
        }
        var measurement = new Measurement(images, attacks, protocol, task, null).by(workers);
        Robustness measured = measurement.run(subjects);
        with.accept(measurement.environment());
        return measured;
    }

    /**
     * One network under one attack, which keeps a journal if it is a cascade: cut off and called again, it goes on there.
     *
     * @param subject the network
     * @param images test images
     * @param attack the attack
     * @param protocol batch size and seed
     * @param task receives progress and tells when to stop
     * @param journal the file; one of another attack is replaced
     * @return the outcome
     */
    public static Robustness measure(
            Subject subject, Images images, Attack attack, Protocol protocol, Work.Task task, Path journal) {
        Arguments.given(
                "subject, images, attack, protocol, task, journal", subject, images, attack, protocol, task, journal);
        return new Measurement(images, List.of(attack), protocol, task, journal).run(List.of(subject));
    }
}
