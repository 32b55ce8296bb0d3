package ardent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.tensor.Torch;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Packages are floors: they look down only. The rules of the house, as tests. */
class ArchitectureTest {
    private static final JavaClasses KIT =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("ardent");

    @Test
    void floorsLookDownOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("verbs")
                .definedBy("ardent", "ardent.notebook")
                .layer("report")
                .definedBy("ardent.report")
                .layer("ledger")
                .definedBy("ardent.ledger")
                .layer("grid")
                .definedBy("ardent.grid")
                .layer("train")
                .definedBy("ardent.train")
                .layer("evaluate")
                .definedBy("ardent.evaluate")
                .layer("method")
                .definedBy("ardent.method")
                .layer("attack")
                .definedBy("ardent.attack")
                .layer("network")
                .definedBy("ardent.network")
                .layer("data")
                .definedBy("ardent.data")
                .layer("tensor")
                .definedBy("ardent.tensor")
                .layer("provenance")
                .definedBy("ardent.provenance")
                .layer("progress")
                .definedBy("ardent.progress")
                .whereLayer("verbs")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("verbs")
                .whereLayer("grid")
                .mayOnlyBeAccessedByLayers("verbs", "report")
                .whereLayer("ledger")
                .mayOnlyBeAccessedByLayers("verbs", "report")
                .whereLayer("train")
                .mayOnlyBeAccessedByLayers("verbs", "ledger", "grid")
                .whereLayer("evaluate")
                .mayOnlyBeAccessedByLayers("verbs", "report", "ledger", "grid")
                .whereLayer("method")
                .mayOnlyBeAccessedByLayers("verbs", "grid", "train")
                .whereLayer("attack")
                .mayOnlyBeAccessedByLayers("verbs", "report", "ledger", "grid", "train", "evaluate", "method")
                .whereLayer("network")
                .mayOnlyAccessLayers("tensor", "provenance")
                .whereLayer("data")
                .mayOnlyAccessLayers("tensor", "provenance")
                .whereLayer("tensor")
                .mayNotAccessAnyLayer()
                .whereLayer("provenance")
                .mayNotAccessAnyLayer()
                .whereLayer("progress")
                .mayNotAccessAnyLayer()
                .check(KIT);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("ardent.(*)..").should().beFreeOfCycles().check(KIT);
    }

    @Test
    void onlyTheTensorFloorKnowsTheEngineAndOpensATape() {
        noClasses()
                .that()
                .resideOutsideOfPackage("ardent.tensor")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.pytorch..")
                .check(KIT);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("ai.djl.training.GradientCollector")
                .check(KIT);
    }

    /** The engine's setter is also the number of threads to come: whoever calls it in a verb changes later ones. */
    @Test
    void noVerbSetsTheNumberOfThreads() {
        noClasses().should().callMethod(Torch.class, "threads", int.class).check(KIT);
    }

    @Test
    void librariesStayOnTheirFloors() {
        noClasses()
                .that()
                .resideOutsideOfPackages("ardent.evaluate", "ardent.report", "ardent.provenance")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.tribuo..", "com.oracle.labs.mlrg.olcut..")
                .check(KIT);
        noClasses()
                .that()
                .resideOutsideOfPackages("ardent", "ardent.report", "ardent.notebook")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("tech.tablesaw..", "org.knowm.xchart..")
                .check(KIT);
        noClasses()
                .that()
                .resideOutsideOfPackages("ardent.evaluate", "ardent.method")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.commons.math3..")
                .check(KIT);
        noClasses()
                .that()
                .resideOutsideOfPackage("ardent.notebook")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.dflib..", "io.github.spencerpark..")
                .check(KIT);
    }

    /** The engine frees the memory of such a number before the backward pass reads it. */
    @Test
    void noNumberMeetsAnArrayWhereGradientsPass() {
        var withNumber = new DescribedPredicate<JavaMethodCall>("an array operation with a Java number") {
            private final Set<String> operations =
                    Set.of("mul", "div", "pow", "maximum", "minimum", "clip", "add", "sub", "muli", "divi");

            @Override
            public boolean test(JavaMethodCall call) {
                return call.getTargetOwner().isAssignableTo(NDArray.class)
                        && operations.contains(call.getName())
                        && call.getTarget().getRawParameterTypes().stream()
                                .anyMatch(type -> type.isEquivalentTo(Number.class));
            }
        };
        noClasses().should().callMethodWhere(withNumber).check(KIT);
    }

    @Test
    void attacksMethodsAndArchitecturesAreRecords() {
        for (Class<?> idea : new Class<?>[] {Attack.class, Method.class, Architecture.class}) {
            classes()
                    .that()
                    .implement(idea)
                    .and()
                    .areNotInterfaces()
                    .and()
                    .areNotAnonymousClasses()
                    .should()
                    .beRecords()
                    .check(KIT);
        }
    }
}
