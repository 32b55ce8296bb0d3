package ardent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Transfer;
import ardent.data.Images;
import ardent.evaluate.Subject;
import ardent.method.Rslad;
import ardent.method.Sat;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.report.Report;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A class that a network knows under one number is not taken for another class of the data. */
class ClassNamesTest {
    private static final Linf BALL = new Linf(0.1f);
    private static final Images TRAIN = Tiny.images(16, 1).named(List.of("cat", "dog", "fox", "owl"));
    private static final Images TURNED = Tiny.images(16, 2).named(List.of("owl", "cat", "dog", "fox"));

    private final Classifier student;

    @TempDir
    Path folder;

    ClassNamesTest() {
        try (var training = new Training(
                new SmallCnn(2), new Sat(BALL), TRAIN, Plan.quick().epochs(1).validation(0))) {
            student = training.run(Tasks.silent()).student();
        }
    }

    @AfterEach
    void close() {
        student.close();
    }

    @Test
    void trainedNetworkKnowsItsClassesAndKeepsThemInItsFile() {
        assertThat(student.classNames()).containsExactly("cat", "dog", "fox", "owl");
        Path file = folder.resolve("student.safetensors");
        student.save(file);
        try (Classifier loaded = Classifier.load(file);
                Classifier copy = loaded.copy().as("copy", loaded.origin())) {
            assertThat(loaded.classNames()).isEqualTo(student.classNames());
            assertThat(copy.classNames()).isEqualTo(student.classNames());
            assertThat(loaded.sha256()).isEqualTo(student.sha256());
        }
        try (Classifier fitted = Classifier.load(file, new SmallCnn(2), TRAIN.shape(), TRAIN.classCount())) {
            assertThat(fitted.classNames()).isEqualTo(student.classNames());
        }
    }

    @Test
    void dataThatNumberTheSameClassesOtherwiseAreRefusedAndTheAdviceWorks() {
        String sentence = "Class 0 of " + TURNED.origin() + " is \"owl\", which " + student.name()
                + " knows as class 3: number them alike, images.relabelled(network.classNames()).";
        assertThatThrownBy(() -> Ardent.evaluate(student, TURNED, new Pgd(BALL, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
        assertThatThrownBy(() -> Ardent.attack(new Pgd(BALL, 1), student, TURNED))
                .hasMessage(sentence);
        assertThatThrownBy(() -> Report.losses(student, TURNED, new Pgd(BALL, 1)))
                .hasMessage(sentence);
        assertThatThrownBy(() -> training(new Rslad(student, BALL), TURNED)).hasMessage(sentence);
        try (Classifier fresh = Classifier.of(new SmallCnn(2), TRAIN.shape(), 4, 0)) {
            assertThatThrownBy(() -> Ardent.evaluate(fresh, TURNED, new Transfer(new Pgd(BALL, 1), student)))
                    .hasMessage(sentence);
        }
        Images counted = Tiny.images(16, 2).named(List.of("dog", "cat", "wolf", "owl"));
        assertThatThrownBy(() -> Ardent.evaluate(student, counted, new Pgd(BALL, 1)))
                .hasMessageEndingWith(
                        "knows as class 1: it does not know all of these classes; if only their names differ,"
                                + " take its own, images.named(network.classNames()).");
        assertThatCode(() -> Subject.of(student).requireFit(counted.named(student.classNames())))
                .doesNotThrowAnyException();
        Images alike = TURNED.relabelled(student.classNames());
        assertThatCode(() -> Subject.of(student).requireFit(alike)).doesNotThrowAnyException();
        assertThatCode(() -> training(new Rslad(student, BALL), alike)).doesNotThrowAnyException();
    }

    @Test
    void networkThatWasToldNothingAndClassesOfOtherNamesAreNotJudged() {
        Images others = Tiny.images(16, 2).named(List.of("1", "2", "3", "4"));
        assertThatCode(() -> Subject.of(student).requireFit(others)).doesNotThrowAnyException();
        try (Classifier imported = Classifier.of(new SmallCnn(2), TRAIN.shape(), 4, 0)) {
            assertThat(imported.classNames()).isEmpty();
            assertThatCode(() -> Subject.of(imported).requireFit(TURNED)).doesNotThrowAnyException();
            Classifier named = imported.named(TRAIN.classes());
            assertThatThrownBy(() -> Subject.of(named).requireFit(TURNED)).hasMessageContaining("knows as class 3");
            assertThatThrownBy(() -> imported.named(List.of("cat", "dog"))).hasMessageContaining("give each a name");
        }
    }

    private static void training(Rslad method, Images data) {
        new Training(new SmallCnn(2), method, data, Plan.quick().epochs(1).validation(0)).close();
    }
}
