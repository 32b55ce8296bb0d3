package ardent.evaluate;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.MaskingChecks;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.network.Network;
import ardent.tensor.Torch;
import java.util.List;
import java.util.stream.IntStream;

/** Looks at a network before attacks by gradients are believed; once, through the first batch. */
final class NetworkCheck {
    private NetworkCheck() {}

    /** Nothing to look for where no attack follows gradients; ten steps of APGD too where a cascade comes. */
    static MaskingChecks of(Network network, Images images, List<? extends Attack> attacks, Protocol protocol) {
        List<? extends Attack> sighted =
                attacks.stream().filter(Attack::whiteBox).toList();
        if (!protocol.checks() || sighted.isEmpty()) {
            return MaskingChecks.NONE;
        }
        Ball ball = TransferCheck.ball(attacks);
        boolean randomised = sighted.stream().allMatch(MaskingChecks::averages);
        int[] first = IntStream.range(0, Math.min(protocol.batchSize(), images.size()))
                .toArray();
        try (NDManager manager = Torch.manager().newSubManager();
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            var pixels = images.pixels(manager, first);
            var labels = images.labels(manager, first);
            return sighted.stream().anyMatch(StagedAttack.class::isInstance)
                    ? MaskingChecks.full(network, ball, pixels, labels, randomised)
                    : MaskingChecks.quick(network, ball, pixels, labels, randomised);
        }
    }
}
