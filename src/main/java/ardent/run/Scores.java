package ardent.run;

import ardent.evaluate.CorrectImages;
import ardent.evaluate.Evidence;
import ardent.evaluate.Outcome;
import ardent.evaluate.Robustness;
import ardent.network.Classifier;
import ardent.network.EngineEnvironment;
import ardent.network.Network;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import ardent.provenance.Node;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import ardent.run.folder.RunFolder;
import ardent.run.folder.SealedRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a run's student scored, kept in the run's folder: one file for each set of images and attacks. */
public final class Scores {
    private static final String ENDING = ".json";
    private static final int SHORT = 12;

    private Scores() {}

    /**
     * A file.
     *
     * @param seal the hash of the file
     * @param evidence what is behind the scores of one network
     * @param right for each image 1 if it was right and else 0, in the order of {@link Outcome#right}; none if it is unknown
     */
    private record Kept(String seal, Description evidence, List<String> right) {}

    /**
     * Keeps scores; those of the same images and attacks are replaced.
     *
     * @param folder the run's folder
     * @param evidence an {@link Evidence} of one network
     * @param right who was right, as {@link Outcome#right} tells it
     * @throws UncheckedIOException in one sentence, if the folder cannot be written
     */
    public static void keep(Path folder, Description evidence, List<CorrectImages> right) {
        String name = RunFolder.SCORES + Sha256.of(question(evidence)).substring(0, SHORT) + ENDING;
        var kept =
                new Kept(Seal.OPEN, evidence, right.stream().map(Scores::text).toList());
        SealedRecords.write(folder.resolve(name), kept, Described::origin);
    }

    /**
     * Keeps the scores of a run's student in its folder; those of the same images and attacks are replaced.
     *
     * @param folder the run's folder
     * @param measured a complete evaluation of the student alone
     * @return its scores, without an attack first
     * @throws UncheckedIOException in one sentence, if the folder cannot be written
     */
    public static List<KeptScore> keep(Path folder, Robustness measured) {
        Outcome outcome = measured.outcomes().get(0);
        Environment environment = EngineEnvironment.now();
        Evidence evidence = Evidence.of(measured, List.of(outcome), environment, Instant.now());
        keep(folder, Description.of(evidence), outcome.right());
        return KeptScore.of(evidence, outcome.right());
    }

    private static String text(CorrectImages right) {
        var text = new StringBuilder();
        IntStream.range(0, right.size()).forEach(i -> text.append(right.at(i) ? '1' : '0'));
        return text.toString();
    }

    /**
     * Keeps scores of a run's student in the folder of the run, see {@link RunOfNetwork}; what belongs to no run is kept nowhere.
     *
     * @param network what was measured
     * @param evidence an {@link Evidence} of it alone
     * @param right who was right, as {@link Outcome#right} tells it
     * @param trouble receives in one sentence why scores that belong to a run are not kept
     */
    public static void keep(
            Network network, Description evidence, List<CorrectImages> right, Consumer<String> trouble) {
        if (!(network instanceof Classifier student)) {
            return;
        }
        Consumer<String> told =
                why -> trouble.accept("The scores of " + student.name() + " are not kept with their run: " + why);
        RunOfNetwork.of(student, told).ifPresent(folder -> {
            try {
                keep(folder, evidence, right);
            } catch (UncheckedIOException e) {
                told.accept(e.getMessage());
            }
        });
    }

    /** What was asked: images, protocol and attacks. */
    private static String question(Description evidence) {
        var text = new StringBuilder(evidence.part("data").json());
        text.append(evidence.part("protocol").json());
        attacks(evidence).forEach(attack -> text.append(attack.part("attack").json()));
        return text.toString();
    }

    /**
     * Who was right, by every attack of every evaluation that is kept.
     *
     * @param folder the run's folder
     * @param problems receives files that are damaged and therefore left out
     * @return one for each attack and one without, of each evaluation
     */
    public static List<KeptScore> kept(Path folder, Consumer<String> problems) {
        return files(folder, problems).stream()
                .filter(file -> file.at("right[0]").isPresent())
                .flatMap(file -> scores(file).stream())
                .toList();
    }

    private static List<KeptScore> scores(Description file) {
        try {
            List<CorrectImages> right = items(file.part("right")).stream()
                    .map(item -> item.root().text())
                    .map(text -> CorrectImages.of(text.length(), i -> text.charAt(i) == '1'))
                    .toList();
            return KeptScore.of((Evidence) file.part("evidence").rebuild(), right);
        } catch (RuntimeException e) { // of another version, which says less or more of an evaluation
            return List.of();
        }
    }

    /** All scores of a folder; what is damaged, or no scores, is left out and said. */
    static List<Description> of(Path folder, Consumer<String> problems) {
        return files(folder, problems).stream()
                .map(file -> file.part("evidence"))
                .toList();
    }

    private static List<Description> files(Path folder, Consumer<String> problems) {
        var all = new ArrayList<Description>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Scores::named).sorted().toList()) {
                read(folder, file, problems).ifPresent(all::add);
            }
        } catch (IOException | UncheckedIOException e) {
            problems.accept("The folder " + folder + " cannot be read (" + e.getMessage() + ").");
        }
        return all;
    }

    private static Optional<Description> read(Path folder, Path file, Consumer<String> problems) {
        try {
            Description kept = SealedRecords.read(Folder.inside(folder, String.valueOf(file.getFileName())));
            answers(kept.part("evidence")); // what it lacks shows here
            return Optional.of(kept);
        } catch (RuntimeException e) { // a file of other content fails anywhere
            problems.accept("The score file " + file + " is damaged or not from Ardent and was skipped: evaluate the"
                    + " student again, or delete the file. " + e.getMessage());
        }
        return Optional.empty();
    }

    private static boolean named(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(RunFolder.SCORES) && name.endsWith(ENDING);
    }

    /** What an evaluation says, {@code clean} first. */
    static List<RecordedAccuracy> answers(Description evidence) {
        var answers = new ArrayList<RecordedAccuracy>();
        String images = images(evidence);
        String origin = Sha256.of(evidence.part("data").json());
        Description protocol = evidence.part("protocol");
        int batch = Integer.parseInt(protocol.part("batchSize").root().text());
        long seed = Long.parseLong(protocol.part("seed").root().text());
        answers.add(new RecordedAccuracy(
                "clean",
                Description.of(new RecordedAccuracy.Clean(images, origin)),
                rate(network(evidence).part("clean"))));
        for (Description attack : attacks(evidence)) {
            var question = new RecordedAccuracy.Tested(attack.part("attack").essence(), images, origin, batch, seed);
            answers.add(new RecordedAccuracy(name(attack), Description.of(question), rate(attack.part("robust"))));
        }
        return answers;
    }

    /** What an attack calls itself, without the parameters that told it from others of its report. */
    private static String name(Description attack) {
        return attack.part("name").root().text().split(" · ", 2)[0];
    }

    private static String words(Description data) {
        try {
            return data.rebuild().toString();
        } catch (IllegalArgumentException e) { // of another version
            return data.at("name").orElse("") + " " + data.at("split").orElse("");
        }
    }

    /** The images in a few words, and how many where these do not say it. */
    private static String images(Description evidence) {
        String count = evidence.part("images").root().text();
        Description data = evidence.part("data");
        String words = words(data);
        return words.contains("(" + count) ? words : words + " (" + count + " images)";
    }

    private static double rate(Description rate) {
        return Double.parseDouble(rate.part("rate").root().text());
    }

    private static Description network(Description evidence) {
        return items(evidence.part("networks")).get(0);
    }

    /** What is known of each attack: its name, its result, and under {@code attack} itself. */
    static List<Description> attacks(Description evidence) {
        return items(network(evidence).part("attacks"));
    }

    private static List<Description> items(Description list) {
        return ((Node.Items) list.root()).items().stream().map(Description::new).toList();
    }
}
