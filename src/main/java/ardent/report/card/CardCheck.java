package ardent.report.card;

import ardent.network.Classifier;
import ardent.provenance.Description;
import ardent.provenance.Node;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether a model card, the weights beside it and the provenance beside it belong together. */
final class CardCheck {
    private CardCheck() {}

    /** How a card names a file. */
    static String line(String file, String sha256) {
        return file + ", SHA-256: " + sha256;
    }

    static List<String> of(Path folder) {
        var found = new ArrayList<String>();
        for (String card : List.of("card.md", "card.html")) {
            for (String file : List.of(ModelCard.WEIGHTS, ModelCard.PROVENANCE)) {
                named(folder.resolve(card), folder.resolve(file), found);
            }
        }
        try {
            Description network = Classifier.origin(folder.resolve(ModelCard.WEIGHTS));
            if (!measured(Description.read(folder.resolve(ModelCard.PROVENANCE)), network)) {
                found.add("The provenance " + folder.resolve(ModelCard.PROVENANCE)
                        + " does not describe the network in " + ModelCard.WEIGHTS + ": ask for the matching file.");
            }
        } catch (IllegalArgumentException e) {
            found.add(e.getMessage());
        }
        return found;
    }

    private static void named(Path card, Path file, List<String> found) {
        try {
            if (!Files.readString(card).contains(line(String.valueOf(file.getFileName()), Sha256.of(file)))) {
                found.add("The SHA-256 of " + file + " is not the one in the card " + card
                        + ": ask for the matching file.");
            }
        } catch (IOException | UncheckedIOException e) {
            found.add("The card " + card + " or the file " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static boolean measured(Description evidence, Description network) {
        return evidence.root() instanceof Node.Fields fields
                && fields.part("networks") instanceof Node.Items networks
                && networks.items().stream()
                        .anyMatch(item -> item instanceof Node.Fields measured
                                && measured.part("origin").equals(network.root()));
    }
}
