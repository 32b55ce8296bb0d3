package ardent.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.tensor.Torch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images are found again by their origin, choice by choice. */
class RecallTest {
    private static final Mnist MNIST = Mnist.load();
    private static final List<String> DIGITS = MNIST.test().classes();
    private static final List<String> ROTATED = List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "none");
    private static final List<String> COMMAS =
            List.of("tench, Tinca", "\"[a]\", b", "", ", ", "<é>", "5", "6", "7", "8", "9");
    private static final List<String> SHUFFLED =
            List.of("9", "8", "7", "6", ", ", "5", "<é>", "tench, Tinca", "", "\"[a]\", b");

    @Test
    void everyChoiceIsRepeated() {
        for (Images images : List.of(
                MNIST.test(),
                MNIST.train().take(300, -4),
                MNIST.train().labelled(60, 3).take(300, 1),
                MNIST.train().take(300).unlabelled(),
                MNIST.train().labelled(60, 3).labelledOnly(),
                MNIST.test().first(50).select(7, 3, 3),
                MNIST.train().only(4).first(70),
                MNIST.train().take(500).holdOut(100, 9).rest().take(20),
                MNIST.train().take(500).holdOut(100, 9).held(),
                MNIST.test().take(20).named(ROTATED),
                MNIST.test().take(20).named(ROTATED.subList(0, 10)).relabelled(DIGITS),
                MNIST.test().first(9).named(COMMAS).relabelled(SHUFFLED))) {
            Images again = Recall.of(images.origin());
            assertThat(again.origin()).isEqualTo(images.origin());
            assertThat(again.classes()).isEqualTo(images.classes());
            assertThat(again.size()).isEqualTo(images.size());
            int[] few = IntStream.range(0, Math.min(60, images.size())).toArray();
            try (NDArray pixels = images.pixels(Torch.manager(), few);
                    NDArray same = again.pixels(Torch.manager(), few);
                    NDArray labels = images.knownLabels(Torch.manager(), few);
                    NDArray alike = again.knownLabels(Torch.manager(), few)) {
                assertThat(same.toFloatArray()).isEqualTo(pixels.toFloatArray());
                assertThat(alike.toLongArray()).isEqualTo(labels.toLongArray());
            }
        }
    }

    @Test
    void whatCannotBeFoundIsSaidInOneSentence() {
        assertThatThrownBy(() -> Recall.of(ardent.Tiny.images(8, 1).origin()))
                .hasMessage("tiny was given in memory and cannot be loaded again: give the images.");
        Images many = MNIST.test().select(IntStream.range(0, 30).toArray());
        assertThatThrownBy(() -> Recall.of(many.origin())).hasMessageContaining("cannot be repeated");
        Origin real = MNIST.test().origin();
        SourceFile first = real.files().get(0);
        var other = new SourceFile(first.name(), first.bytes(), "0".repeat(64), first.standing());
        var strange = new Origin("MNIST", "test", List.of(other, real.files().get(1)), List.of());
        assertThatThrownBy(() -> Recall.of(strange))
                .hasMessageContaining("differ from those of the description")
                .hasMessageContaining(first.name());
        var nowhere = new Origin("CIFAR-100", "train", real.files(), List.of());
        assertThatThrownBy(() -> Recall.of(nowhere)).hasMessageContaining("datasets/cifar-100");
    }

    /** A data set is one record: nothing else names it. */
    @Test
    void aDataSetIsFoundByItsName(@TempDir Path folder) throws IOException {
        Path data = Files.createDirectory(folder.resolve("tiny-digits"));
        Tiny.writeIdx(data);
        Origin origin = TinyDigits.FILES.train(data).only(1).origin();
        assertThat(Recall.knows(origin)).isTrue();
        System.setProperty(DataFolder.DATASETS, folder.toString());
        try {
            assertThat(Recall.of(origin).origin()).isEqualTo(origin);
            Files.delete(data.resolve("t10k-labels"));
            assertThatThrownBy(() -> Recall.of(origin)).hasMessageStartingWith("t10k-labels is missing");
        } finally {
            System.clearProperty(DataFolder.DATASETS);
        }
        for (String stranger : List.of("tiny", "Images", "Data-Folder", "", "-", "../Mnist")) {
            assertThat(Recall.knows(new Origin(stranger, "train", List.of(), List.of())))
                    .isFalse();
        }
        for (String known : List.of("MNIST", "Fashion-MNIST", "CIFAR-10", "CIFAR-100")) {
            assertThat(Recall.knows(new Origin(known, "train", List.of(), List.of())))
                    .isTrue();
        }
    }

    /** What a description says of a choice may have been changed by hand. */
    @Test
    void aChoiceThatIsNoneIsRefused() {
        Images few = ardent.Tiny.images(8, 1);
        for (var choice : List.of(
                new Selection("take", 3, "seed"),
                new Selection("take", 3, "seed 99999999999999999999"),
                new Selection("select", 1, "indices [x]"),
                new Selection("select", 1, "indices ["),
                new Selection("rest", 3, ""),
                new Selection("take", 9, "seed 1"),
                new Selection("only", 3, "label 9"),
                new Selection("named", 8, ""),
                new Selection("named", 8, "classes [\"a\", null]"),
                new Selection("named", 8, "classes [\"a\""),
                new Selection("named", 8, "classes [\"a\"]"),
                new Selection("relabelled", 8, "classes [[1]]"),
                new Selection("relabelled", 8, "classes x, y"),
                new Selection("draw", 3, "seed 1"))) {
            assertThatThrownBy(() -> choice.from(few))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("cannot be repeated from its description");
        }
        assertThat(Recall.from(few, few.origin().then(new Selection("only", 3, "label 01"))))
                .isEmpty();
    }

    /** Once an origin said nothing of other names, and a comma stood between the names of {@code relabelled}. */
    @Test
    void formerDescriptionsOfNamesAreRead() {
        Images few = MNIST.test().first(9);
        Images named = few.named(ROTATED);
        assertThat(named.origin()).isNotEqualTo(few.origin());
        assertThat(Recall.from(named, few.origin()))
                .hasValueSatisfying(found -> assertThat(found.classes()).isEqualTo(ROTATED));
        assertThat(Recall.from(named, few.take(3, 1).origin())).isPresent();
        Images many = MNIST.test().select(new int[30]);
        assertThat(Recall.from(named, many.origin())).isEmpty();
        assertThat(Recall.from(named.take(3), few.named(DIGITS).take(3).origin()))
                .isEmpty();
        var former = new Selection("relabelled", 9, "classes " + String.join(", ", ROTATED));
        Images numbered = few.relabelled(ROTATED);
        assertThat(few.origin().then(former)).isEqualTo(numbered.origin());
        assertThat(Recall.of(few.origin().then(former)).label(0)).isEqualTo(numbered.label(0));
    }

    /** The same bytes of another shape, or of more classes, are other images; 0.1.0 wrote down neither. */
    @Test
    void onesOwnImagesHaveAShapeAndClasses() {
        Images tall = own(new Shape(1, 3, 2), "a", "b");
        Images wide = own(new Shape(1, 2, 3), "a", "b");
        Images more = own(new Shape(1, 3, 2), "a", "b", "c");
        for (Images other : List.of(wide, more)) {
            assertThat(other.origin()).isNotEqualTo(tall.origin());
            assertThat(Recall.from(other, tall.origin())).isEmpty();
        }
        assertThat(Recall.difference(wide.origin(), tall.origin()))
                .isEqualTo("they are pixels (1, 2, 3) and not pixels (1, 3, 2)");
        assertThat(Recall.difference(more.origin(), tall.origin()))
                .isEqualTo("they are labels of 3 classes and not labels of 2 classes");
        List<SourceFile> former =
                tall.origin().files().stream().map(SourceFile::formerly).toList();
        var then = new Origin("own", "", former, List.of());
        assertThat(then.withoutShape()).isTrue();
        assertThat(tall.origin().withoutShape()).isFalse();
        assertThat(MNIST.test().origin().withoutShape()).isFalse();
        assertThat(Recall.from(tall, then))
                .hasValueSatisfying(found -> assertThat(found.origin()).isEqualTo(then));
    }

    private static Images own(Shape shape, String... classes) {
        return Images.of("own", new byte[12], new int[] {0, 1}, shape, List.of(classes));
    }

    /** Gzipped, plain, gzipped anew, in an archive: what was read does not say how it was packed. */
    @Test
    void contentThatWasOnlyRepackedIsTheSame(@TempDir Path folder) throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Tiny.writeIdx(one);
        Path two = Files.createDirectory(folder.resolve("two"));
        Files.write(two.resolve("train-images.gz"), Tiny.gzip(Tiny.idxImages(2)));
        Files.write(two.resolve("train-labels"), Tiny.idxLabels(2, 1));
        Images images = Tiny.IDX.train(one);
        Images packed = Tiny.IDX.train(two);
        assertThat(packed.origin()).isNotEqualTo(images.origin());
        Origin wanted = images.take(1, 3).origin();
        assertThat(Recall.from(packed, wanted))
                .hasValueSatisfying(found -> assertThat(found.origin()).isEqualTo(wanted));
        assertThat(Recall.from(packed.take(1, 3), wanted)).isPresent();
        assertThat(Recall.from(packed.take(1, 4), wanted)).isEmpty();
        assertThat(Recall.from(Tiny.IDX.test(one), wanted)).isEmpty();
        Files.write(two.resolve("train-labels"), Tiny.idxLabels(1, 1));
        assertThat(Recall.from(Tiny.IDX.train(two), wanted)).isEmpty();
    }

    /** CIFAR's one archive and its loose parts, as their origins tell of them. */
    @Test
    void anArchiveHoldsWhatItsPartsHold(@TempDir Path folder) throws IOException {
        for (var part : Tiny.cifarMembers().entrySet()) {
            Files.write(folder.resolve(part.getKey()), part.getValue());
        }
        Images loose = Tiny.CIFAR.load(folder).train();
        var archive = new SourceFile("tiny.tar.gz", 511, "a".repeat(64), SourceFile.OFFICIAL);
        var archived = new Origin("Tiny", "train", List.of(archive), List.of());
        assertThat(Recall.from(loose, archived)).isPresent();
        var other = new SourceFile("tiny.tar.gz", 511, "a".repeat(64), SourceFile.DIFFERENT);
        assertThat(Recall.from(loose, new Origin("Tiny", "train", List.of(other), List.of())))
                .isEmpty();
        Files.delete(folder.resolve("two.bin"));
        assertThat(Recall.from(Tiny.CIFAR.load(folder).train(), archived)).isEmpty();
        assertThat(Recall.from(loose, new Origin("Tiny", "test", List.of(archive), List.of())))
                .isEmpty();
    }
}
