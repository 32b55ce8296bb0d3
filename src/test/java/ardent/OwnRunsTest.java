package ardent;

import static ardent.Ardent.evaluate;
import static ardent.Ardent.lastRun;
import static ardent.Ardent.reproduce;
import static ardent.Ardent.rerun;
import static ardent.Ardent.resume;
import static ardent.Ardent.train;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.method.Sat;
import ardent.network.SmallCnn;
import ardent.train.Plan;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run on a folder of pictures goes on, is changed and is repeated, when the folder is read again. */
class OwnRunsTest {
    @TempDir
    static Path root;

    @BeforeAll
    static void keepsRuns() {
        System.setProperty("ardent.runs", root.resolve("runs").toString());
    }

    @AfterAll
    static void forgets() {
        System.clearProperty("ardent.runs");
    }

    /** Dark and bright squares, as PNG. */
    static Path pictures(Path folder, int each) throws IOException {
        for (int label = 0; label < 2; label++) {
            Path place = Files.createDirectories(folder.resolve(label == 0 ? "dark" : "bright"));
            for (int i = 0; i < each; i++) {
                var picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
                for (int p = 0; p < 64; p++) {
                    picture.getRaster().setSample(p % 8, p / 8, 0, 60 + 100 * label + (31 * p + 17 * i) % 40);
                }
                ImageIO.write(picture, "png", place.resolve(i + ".png").toFile());
            }
        }
        return folder;
    }

    @Test
    void aRunOnAFolderOfPicturesTakesThemAgain() throws IOException {
        Path train = pictures(root.resolve("squares/train"), 30);
        Path tested = pictures(root.resolve("squares/test"), 10);
        Plan plan = Plan.quick().epochs(1).batchSize(20).validation(10);
        var student = train(
                new SmallCnn(1), new Sat(new Linf(0.1f)), Images.folder(train).take(50, 1), plan);
        Path run = Objects.requireNonNull(lastRun().folder());
        evaluate(student, Images.folder(tested), new Fgsm(new Linf(0.1f)));

        assertThatThrownBy(() -> resume(run))
                .hasMessageContaining("squares was read from files of one's own")
                .hasMessageContaining("resume(path, images)");
        assertThat(resume(run, Images.folder(train)).size()).isEqualTo(student.size());
        assertThat(reproduce(run, Images.folder(train), Images.folder(tested)).identical())
                .isTrue();
        rerun(run, Images.folder(train), again -> again.plan(again.plan().seed(1)));
        assertThat(lastRun().history()).hasSize(1);

        Files.delete(train.resolve("dark/7.png"));
        Images fewer = Images.folder(train);
        assertThatThrownBy(() -> resume(run, fewer)).hasMessageContaining("the same files and choices are needed");
        for (Images test : List.of(fewer, Images.folder(tested))) {
            assertThatThrownBy(() -> reproduce(run, fewer, test))
                    .hasMessageStartingWith("The images given are not those that the run " + run + " was begun with")
                    .hasMessageContaining(" had the SHA-256 ");
        }
    }
}
