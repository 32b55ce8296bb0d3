package ardent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.provenance.Description;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every architecture promises. Architectures are found by scanning: a new one needs no entry here. */
class ArchitectureContractTest {
    private static final Shape IMAGE = new Shape(3, 32, 32);

    /** Small sizes first: the largest published networks take gigabytes. */
    private static final Object[][] ARGUMENTS = {
        {2}, {16, 1}, {18, 2}, {new SmallCnn(2), List.of(0.5f, 0.5f, 0.5f), List.of(0.2f, 0.2f, 0.2f)}, {}
    };

    @TestFactory
    Stream<DynamicTest> everyArchitectureKeepsTheContract() {
        List<Class<?>> types = new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests()).importPackages("ardent").stream()
                        .filter(found -> found.isAssignableTo(Architecture.class) && !found.isInterface())
                        .<Class<?>>map(JavaClass::reflect)
                        .toList();
        assertThat(types).hasSizeGreaterThan(7);
        return types.stream().map(type -> dynamicTest(type.getSimpleName(), () -> assertContract(make(type))));
    }

    private static Architecture make(Class<?> type) {
        for (Object[] arguments : ARGUMENTS) {
            for (Constructor<?> constructor : type.getConstructors()) {
                try {
                    return (Architecture) constructor.newInstance(arguments);
                } catch (ReflectiveOperationException | IllegalArgumentException e) {
                    continue; // takes others
                }
            }
        }
        throw new AssertionError(type.getSimpleName()
                + " needs a public constructor without arguments, or one of one or two numbers, such as a width.");
    }

    /** Has no constructor of numbers. */
    record Unfinished(String name) implements Architecture {
        @Override
        public Body build(Layers net, Shape image, int classes) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void anArchitectureThatCannotBeMadeIsNamed() {
        assertThatThrownBy(() -> make(Unfinished.class)).hasMessageContaining("Unfinished needs a public constructor");
    }

    private static void assertContract(Architecture architecture) {
        assertThat(architecture).isInstanceOf(Record.class);
        assertThat(Description.of(architecture).rebuild()).isEqualTo(architecture);
        try (var network = Classifier.of(architecture, IMAGE, 10, 3);
                var twin = Classifier.of(architecture, IMAGE, 10, 3)) {
            String before = Weights.sha256(network.layers().all());
            assertThat(Weights.sha256(twin.layers().all()))
                    .as("same seed, same weights")
                    .isEqualTo(before);
            Tape.free(() -> {
                NDArray images = Noise.of(1).uniform(0, 1, new Shape(4, 3, 32, 32));
                Outputs outputs = network.outputs(images);
                assertThat(outputs.logits().getShape()).isEqualTo(new Shape(4, 10));
                assertThat(outputs.features().getShape().dimension()).isEqualTo(2);
                assertThat(network.logits(images.get("1:3")).toFloatArray())
                        .as("an image's logits do not depend on its batch")
                        .usingComparatorWithPrecision(1e-3f)
                        .containsExactly(outputs.logits().get("1:3").toFloatArray());
                NDArray slope = Tape.gradient(images, x -> network.logits(x).max(new int[] {1}));
                assertThat(slope.abs().sum().getFloat())
                        .as("gradient of the images")
                        .isGreaterThan(0);
                assertThat(Weights.sha256(network.layers().all()))
                        .as("evaluation leaves weights and batch statistics alone")
                        .isEqualTo(before);
                assertThat(network.learn(images).logits().getShape()).isEqualTo(new Shape(4, 10));
            });
        }
    }
}
