package ardent.ledger;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * Keeps scores of a run's student in the folder of the run, see {@link Home}; what belongs to no run is kept nowhere.
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
        Home.of(student, told).ifPresent(folder -> {
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

    /** All scores of a folder; damaged files are left out and said. */
    static List<Description> of(Path folder, List<String> problems) {
        var all = new ArrayList<Description>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Scores::named).sorted().toList()) {
                byte[] bytes = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
                if (Seal.intact(new ByteArrayInputStream(bytes))) {
                    all.add(Description.parse(new String(bytes, StandardCharsets.UTF_8))
                            .part("evidence"));
                } else {
                    problems.add("The scores " + file + " are damaged and left out; evaluate the student again.");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be read: " + e + ".", e);
        }
        return all;
    }

    private static boolean named(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(PREFIX) && name.endsWith(ENDING);
    }

    /** Accuracies in [0, 1] by name, {@code clean} first. */
    static Map<String, Double> rates(Description evidence) {
        var rates = new LinkedHashMap<String, Double>();
        Description network = network(evidence);
        rates.put("clean", rate(network.part("clean")));
        attacks(evidence).forEach(attack -> rates.put(attack.part("name").root().text(), rate(attack.part("robust"))));
        return rates;
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
