package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's promise to somebody with pictures, a file of PyTorch's and a network of her own: at most twenty lines lead to an
 * ablation, a heat map and a table for a paper.
 */
class OwnWorkTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```text\\R(record Mine.*?)```");
    private static final int MOST_LINES = 20;

    @TempDir
    private Path folder;

    private Path notebook;

    @BeforeEach
    void writesPicturesTeacherAndNotebook() throws IOException {
        for (String part : List.of("train", "test")) {
            for (int i = 0; i < (part.equals("train") ? 120 : 36); i++) {
                Path place = folder.resolve("pets")
                        .resolve(part)
                        .resolve(List.of("cat", "dog", "owl").get(i % 3));
                ImageIO.write(
                        picture(i),
                        "png",
                        Files.createDirectories(place).resolve(i + ".png").toFile());
            }
        }
        // PyTorch wrote it: a convolution, batch normalisation and a linear layer, for grey images of three classes
        Files.copy(NotebookTest.ROOT.resolve("src/test/resources/weights/net.pth"), folder.resolve("teacher.pt"));
        var block = BLOCK.matcher(Files.readString(NotebookTest.ROOT.resolve("README.md")));
        assertThat(block.find()).isTrue();
        String code = block.group(1);
        assertThat(code.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(MOST_LINES);
        notebook = Files.writeString(folder.resolve("own.ipynb"), Notebooks.of(cells(code)));
    }

    /** Grey pictures of two sizes: a bright patch, which is elsewhere in each class. */
    private static BufferedImage picture(int i) {
        int side = 24 + i % 2 * 8;
        var picture = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        for (int p = 0; p < side * side; p++) {
            boolean bright = p / side * 3 / side == i % 3;
            picture.getRaster().setSample(p % side, p / side, 0, (bright ? 150 : 60) + (31 * p + 17 * i) % 40);
        }
        return picture;
    }

    /** The record, and the rest. */
    private static List<String> cells(String code) {
        int end = code.indexOf("\n}\n") + 3;
        return new ArrayList<>(List.of(code.substring(0, end), code.substring(end)));
    }

    @Test
    void twentyLinesLeadFromPicturesToATableForAPaper() throws Exception {
        // whole trainings: where they are cut to seconds, so is the number of images held out
        var child = Child.run(folder, Map.of("ARDENT_SMOKE", "0"), NotebookTest.shell(notebook));
        child.succeeds();
        assertThat(child.output())
                .contains("\\begin{tabular}", "\\toprule", "Threat model: PGD-20: L$\\infty$ $\\leq$ 8/255")
                .containsPattern("(?m)^compensation .*contrast|^contrast .*compensation")
                .contains("pets test");
        assertThat(child.output().lines().filter(line -> line.endsWith("\\\\"))).hasSize(5);
    }

    @Test
    @EnabledIfSystemProperty(named = "ardent.kernel", matches = ".+")
    void soTheyDoOnTheRealKernel() throws Exception {
        var executed = folder.resolve("executed.ipynb");
        Child.run(
                        NotebookTest.ROOT,
                        Map.of(),
                        RealKernelTest.execute(
                                notebook, "--output", executed.toString(), "--check-mime", "text/html,image/png"))
                .succeeds();
        assertThat(Files.readString(executed)).contains("\\\\toprule", "image/png");
    }
}
