package ardent.network;

import ardent.provenance.Environment;
import ardent.tensor.Torch;

/** What numbers are computed with: kit, engine, device, machine and commit. */
public final class EngineEnvironment {
    private EngineEnvironment() {}

    /**
     * What this program runs on at this moment; asks git for the commit.
     *
     * @return the environment
     */
    public static Environment now() {
        return Environment.of(Torch.version(), Torch.device().toString(), Torch.threads());
    }
}
