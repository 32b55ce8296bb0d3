package ardent.run.folder;

import ardent.network.Classifier;
import ardent.network.Weights;
import ardent.provenance.Description;
import ardent.provenance.Fact;

/**
 * A trained network as a run keeps it: its weights in a file of the run's folder.
 *
 * @param file name of the file
 * @param sha256 SHA-256 of the file
 * @param weights SHA-256 of the weights
 * @param name the network's name
 * @param origin how its weights came about
 */
record KeptWeights(
        @Fact String file,
        @Fact String sha256,
        String weights,
        @Fact String name,
        Description origin) {
    static KeptWeights of(Classifier teacher, String file, String hash) {
        String weights = Weights.sha256(teacher.layers().all());
        return new KeptWeights(file, hash, weights, teacher.name(), Description.of(teacher.origin()));
    }
}
