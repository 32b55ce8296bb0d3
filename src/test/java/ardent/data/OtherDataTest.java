package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Real data that is not part of the project, from the folder named by {@code ARDENT_OTHER_DATA} if there is one. */
class OtherDataTest {
    private static Path folder(String name) {
        String named = Optional.ofNullable(System.getProperty("ARDENT_OTHER_DATA"))
                .or(() -> Optional.ofNullable(System.getenv("ARDENT_OTHER_DATA")))
                .orElse("");
        Path folder = Path.of(named, name);
        assumeTrue(Files.isDirectory(folder), "no " + name + " here: set ARDENT_OTHER_DATA to test with it");
        return folder;
    }

    @Test
    void loadsFashionMnist() {
        FashionMnist fashion = FashionMnist.load(folder("fashion-mnist"));
        assertThat(fashion.train()).hasToString("Fashion-MNIST train: 60000 images of 1×28×28, 10 classes");
        assertThat(MnistTest.histogram(fashion.train())).containsOnly(6000);
        assertThat(MnistTest.histogram(fashion.test())).containsOnly(1000);
        assertThat(MnistTest.firstLabels(fashion.train())).containsExactly(9, 0, 0, 3, 0, 2, 7, 2, 5, 5);
        assertThat(fashion.train().origin().files())
                .extracting(SourceFile::standing)
                .containsOnly(SourceFile.OFFICIAL);
    }

    @Test
    void loadsPartOfCifar10() {
        Cifar10 cifar = Cifar10.load(folder("cifar-10"));
        assertThat(cifar.test().size()).isEqualTo(10_000);
        assertThat(MnistTest.histogram(cifar.test())).containsOnly(1000);
        assertThat(MnistTest.firstLabels(cifar.train())).containsExactly(6, 9, 9, 4, 1, 1, 2, 7, 8, 3);
        assertThat(MnistTest.firstLabels(cifar.test())).containsExactly(3, 8, 8, 0, 6, 6, 1, 6, 3, 1);
        assertThat(cifar.train().size())
                .isEqualTo(10_000 * cifar.train().origin().files().size());
        try (var manager = NDManager.newBaseManager()) {
            float[] first = cifar.train().pixels(manager, new int[] {0}).toFloatArray();
            float[] corners = {first[0], first[1024], first[2048]};
            for (int i = 0; i < 3; i++) {
                corners[i] *= 255;
            }
            assertThat(corners).as(Arrays.toString(corners)).containsExactly(59, 62, 63);
        }
    }
}
