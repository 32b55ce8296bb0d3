package ardent.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.attack.Attack;
import ardent.attack.CascadeListener;
import ardent.attack.CascadeOptions;
import ardent.attack.CascadeResult;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.network.Network;
import ardent.progress.Work;
import ardent.tensor.Torch;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Runs a cascade on all images as a whole, in its own batches and from its own seed: what it finds depends on both. */
final class CascadeEvaluation {
    private CascadeEvaluation() {}

    /**
     * Runs it without checks, which are made once for each network.
     *
     * @return empty for an attack without stages, or if the task is stopping
     */
    static Optional<CascadeResult> run(
            Attack attack, Network network, Images images, Work.Task task, CascadeListener watch) {
        if (!(attack instanceof StagedAttack staged)) {
            return Optional.empty();
        }
        CascadeOptions course = new CascadeOptions().checks(false).watch(moment -> {
            watch.at(moment);
            if (task.stopping()) {
                throw new CancellationException(attack.label() + " was stopped in its stage " + moment.stage() + ".");
            }
        });
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray clean = images.pixels(manager);
            return Optional.of(staged.run(network, clean, images.labels(manager), course));
        } catch (CancellationException e) {
            if (!task.stopping()) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
