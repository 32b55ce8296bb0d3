package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.Golden;
import ardent.GoldenNet;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Folded networks against recorded ones and against themselves. */
class FoldingTest {
    @Test
    void foldedLogitsEqualTheRecordedOnes() {
        try (var golden = new Golden("model-bn");
                var network = GoldenNet.load("model-bn");
                var folded = network.folded()) {
            Tape.free(() -> {
                NDArray logits = folded.logits(golden.get("images"));
                assertThat(gap(logits, golden.get("folded.logits"))).isLessThan(1e-4f);
                assertThat(gap(logits, network.logits(golden.get("images")))).isBetween(1e-12f, 1e-4f);
            });
            assertThatThrownBy(() -> folded.learn(golden.get("images"))).hasMessageContaining("for evaluation");
        }
    }

    @Test
    void everyArchitectureFolds() {
        Shape image = new Shape(3, 32, 32);
        for (Architecture plan : List.of(
                new SmallCnn(),
                new SmallResNet(8),
                new ResNet18(8),
                new ResNet50(2),
                new PreActResNet18(4, true),
                new WideResNet(10, 1),
                new SwishWideResNet(10, 1),
                new MobileNetV2())) {
            try (var network = Classifier.of(plan, image, 10, 4)) {
                Tape.free(() -> {
                    NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 3, 32, 32));
                    network.learn(images); // moves the running statistics away from 0 and 1
                    try (var folded = network.folded()) {
                        NDArray logits = network.logits(images);
                        float scale = logits.abs().max().getFloat();
                        assertThat(gap(folded.logits(images), logits)).isLessThan(1e-4f * scale);
                    }
                });
            }
        }
    }

    private static float gap(NDArray one, NDArray two) {
        return one.sub(two).abs().max().getFloat();
    }
}
