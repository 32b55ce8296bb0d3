package ardent.run;

import ardent.network.Classifier;
import ardent.network.Network;
import ardent.provenance.Description;
import ardent.provenance.Folder;
import ardent.provenance.Node;
import ardent.provenance.Seal;
import ardent.provenance.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What a run's student scored, kept in the run's folder: one file for each set of images and attacks. */
public final class Scores {
    private static final String PREFIX = "scores-";
    private static final String ENDING = ".json";
    private static final int SHORT = 12;

    private Scores() {}

    /** A file: what is behind the scores of one network, under the hash of the file. */
    private record Kept(String seal, Description evidence) {}

    /**
     * Keeps scores; those of the same images and attacks are replaced.
     *
     * @param folder the run's folder
     * @param evidence an {@link ardent.evaluate.Evidence} of one network
     * @throws UncheckedIOException in one sentence, if the folder cannot be written
     */
    public static void keep(Path folder, Description evidence) {
        byte[] text = Description.of(new Kept(Seal.OPEN, evidence)).json().getBytes(StandardCharsets.UTF_8);
        String name = PREFIX + Sha256.of(question(evidence)).substring(0, SHORT) + ENDING;
        Folder.write(folder, Map.of(name, Seal.close(text)));
    }

    /**
     * Keeps scores of a run's student in the folder of the run, see {@link RunOfNetwork}; what belongs to no run is kept nowhere.
     *
     * @param network what was measured
     * @param evidence an {@link ardent.evaluate.Evidence} of it alone
     * @param trouble hears in one sentence why scores that belong to a run are not kept
     */
    public static void keep(Network network, Description evidence, Consumer<String> trouble) {
        if (!(network instanceof Classifier student)) {
            return;
        }
        Consumer<String> told =
                why -> trouble.accept("The scores of " + student.name() + " are not kept with their run: " + why);
        RunOfNetwork.of(student, told).ifPresent(folder -> {
            try {
                keep(folder, evidence);
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

    /** All scores of a folder; what is damaged, or no scores, is left out and said. */
    static List<Description> of(Path folder, List<String> problems) {
        var all = new ArrayList<Description>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Scores::named).sorted().toList()) {
                read(folder, file, problems).ifPresent(all::add);
            }
        } catch (IOException | UncheckedIOException e) {
            problems.add("The folder " + folder + " cannot be read (" + e.getMessage() + ").");
        }
        return all;
    }

    private static Optional<Description> read(Path folder, Path file, List<String> problems) {
        try {
            Path inside = Folder.inside(folder, String.valueOf(file.getFileName()));
            byte[] bytes = Files.isRegularFile(inside) ? Files.readAllBytes(inside) : new byte[0];
            if (Seal.intact(new ByteArrayInputStream(bytes))) {
                Description evidence = Description.parse(new String(bytes, StandardCharsets.UTF_8))
                        .part("evidence");
                answers(evidence); // what it lacks shows here
                return Optional.of(evidence);
            }
            problems.add("The scores " + file + " are damaged and left out; evaluate the student again.");
        } catch (IOException | RuntimeException e) { // a file of other content fails anywhere
            problems.add("The scores " + file + " are none that Ardent kept and left out; delete them, or evaluate the"
                    + " student again.");
        }
        return Optional.empty();
    }

    private static boolean named(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(PREFIX) && name.endsWith(ENDING);
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
