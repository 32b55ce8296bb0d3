package ardent.method;

import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;

/** What a small student becomes by a method, for tests of "to the last bit". */
final class Trained {
    private Trained() {}

    /** SHA-256 of the weights, trained on one thread. */
    static String weights(Method method, Images data, Plan plan) {
        int before = Torch.threads();
        Torch.threads(1);
        try (var training = new Training(new SmallCnn(2), method, data, plan);
                Classifier student = training.run(Tasks.silent()).student()) {
            return Weights.sha256(student.layers().all());
        } finally {
            Torch.threads(before);
        }
    }
}
