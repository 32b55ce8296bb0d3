package ardent.evaluate;

import ardent.data.Images;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import java.util.Optional;
import java.util.stream.IntStream;

/** The true classes of the images, and what predictions are worth by them. */
final class TrueLabels {
    /** What is recorded of the data: where they come from, what was done to them, and with what. */
    record Tested(Description data, Optional<Description> attack, Protocol protocol, Environment environment) {}

    private final Images images;
    private final Protocol protocol;
    private final Environment environment;
    private final Description data;
    private final int[] labels;

    TrueLabels(Images images, Protocol protocol, Environment environment) {
        this.images = images;
        this.protocol = protocol;
        this.environment = environment;
        data = Description.of(images.origin());
        labels = IntStream.range(0, images.size()).map(images::label).toArray();
    }

    int[] labels() {
        return labels.clone();
    }

    int size() {
        return labels.length;
    }

    Description data() {
        return data;
    }

    CorrectImages correct(int[] predicted) {
        return correct(predicted, labels.length);
    }

    /** Which of the first images were classified correctly. */
    CorrectImages correct(int[] predicted, int size) {
        return CorrectImages.of(size, i -> predicted[i] == labels[i]);
    }

    PredictedLabels predicted(Description network, Optional<Description> attack, int[] predicted) {
        Description tested = Description.of(new Tested(data, attack, protocol, environment));
        return new PredictedLabels(network, tested, images.classes(), labels, predicted);
    }
}
