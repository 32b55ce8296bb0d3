package ardent;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.method.Method;
import ardent.network.Architecture;
import ardent.tensor.Torch;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Packages are floors: they look down only. The rules of the house, as tests. */
class ArchitectureTest {
    private static final JavaClasses KIT =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("ardent");

    /** Machinery of floors, which is no part of the API. */
    static final List<String> INNER = List.of(
            "ardent.attack.search",
            "ardent.attack.cascade",
            "ardent.attack.check",
            "ardent.network.file",
            "ardent.run.folder");

    @Test
    void floorsLookDownOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("verbs")
                .definedBy("ardent", "ardent.notebook")
                .layer("spark")
                .definedBy("ardent.spark")
                .layer("report")
                .definedBy("ardent.report..")
                .layer("grid")
                .definedBy("ardent.grid..")
                .layer("run")
                .definedBy("ardent.run..")
                .layer("anomaly")
                .definedBy("ardent.anomaly..")
                .layer("recommend")
                .definedBy("ardent.recommend..")
                .layer("rank")
                .definedBy("ardent.rank..")
                .layer("train")
                .definedBy("ardent.train..")
                .layer("evaluate")
                .definedBy("ardent.evaluate..")
                .layer("method")
                .definedBy("ardent.method..")
                .layer("attack")
                .definedBy("ardent.attack..")
                .layer("elsewhere")
                .definedBy("ardent.elsewhere..")
                .layer("data")
                .definedBy("ardent.data..")
                .layer("network")
                .definedBy("ardent.network..")
                .layer("tensor")
                .definedBy("ardent.tensor..")
                .layer("provenance")
                .definedBy("ardent.provenance..")
                .layer("progress")
                .definedBy("ardent.progress..")
                .whereLayer("verbs")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("spark")
                .mayOnlyBeAccessedByLayers("verbs")
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("verbs")
                .whereLayer("grid")
                .mayOnlyBeAccessedByLayers("verbs", "report")
                .whereLayer("run")
                .mayOnlyBeAccessedByLayers("verbs", "report", "grid", "recommend", "rank")
                .whereLayer("anomaly")
                .mayOnlyBeAccessedByLayers("verbs", "report")
                .whereLayer("recommend")
                .mayOnlyBeAccessedByLayers("verbs")
                .whereLayer("rank")
                .mayOnlyBeAccessedByLayers("verbs", "recommend")
                .whereLayer("train")
                .mayOnlyBeAccessedByLayers("verbs", "report", "grid", "run", "anomaly", "recommend", "rank")
                .whereLayer("evaluate")
                .mayOnlyBeAccessedByLayers("verbs", "report", "grid", "run", "anomaly", "recommend", "rank")
                .whereLayer("method")
                .mayOnlyBeAccessedByLayers("verbs", "grid", "run", "train", "recommend", "rank")
                .whereLayer("attack")
                .mayOnlyBeAccessedByLayers("verbs", "report", "grid", "run", "train", "evaluate", "method")
                .whereLayer("elsewhere")
                .mayOnlyBeAccessedByLayers("verbs", "spark", "grid", "evaluate", "attack")
                .whereLayer("network")
                .mayOnlyAccessLayers("tensor", "provenance")
                .whereLayer("data")
                .mayOnlyAccessLayers("network", "tensor", "provenance")
                .whereLayer("tensor")
                .mayNotAccessAnyLayer()
                .whereLayer("provenance")
                .mayNotAccessAnyLayer()
                .whereLayer("progress")
                .mayNotAccessAnyLayer()
                .check(KIT);
    }

    /** The machinery of a floor is nobody else's business. */
    @Test
    void innerRoomsAreLookedIntoByTheirFloorOnly() throws IOException {
        String imports = Files.readString(Path.of("src/main/resources/ardent/notebook/imports.jsh"));
        for (String room : INNER) {
            String floor = room.substring(0, room.lastIndexOf('.'));
            noClasses()
                    .that()
                    .resideOutsideOfPackage(floor + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(room)
                    .check(KIT);
            assertThat(imports).as("what a notebook's cells see").doesNotContain(room + ".*");
        }
    }

    /** Engines get what they need handed in: they know balls and goals, and cascades any attack, not the records that users pick from. */
    @Test
    void searchesKnowNoAttack() {
        noClasses()
                .that()
                .resideInAnyPackage("ardent.attack.search", "ardent.attack.check")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Attack.class)
                .check(KIT);
        noClasses()
                .that()
                .resideInAPackage("ardent.attack.cascade")
                .should()
                .dependOnClassesThat(assignableTo(Attack.class).and(not(INTERFACES)))
                .check(KIT);
    }

    @Test
    void noPackageHasMoreThanFortyFilesAndNoNameStandsTwice() throws IOException {
        var places = new TreeMap<String, Set<String>>();
        for (JavaClass type : KIT) {
            if (type.isTopLevelClass() && !type.getSimpleName().equals("package-info")) {
                places.computeIfAbsent(type.getSimpleName(), none -> new TreeSet<>())
                        .add(type.getPackageName());
            }
        }
        assertThat(places)
                .allSatisfy((name, packages) -> assertThat(packages).as(name).hasSize(1));
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            Map<Path, Long> files = sources.filter(Files::isRegularFile)
                    .collect(Collectors.groupingBy(Path::getParent, Collectors.counting()));
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy((room, count) ->
                            assertThat(count).as(room.toString()).isLessThanOrEqualTo(40));
        }
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("ardent.(*)..").should().beFreeOfCycles().check(KIT);
    }

    /** A room may use what its floor shows, and a floor its rooms, but no two files of them need each other. */
    @Test
    void filesOfAFloorAndItsRoomsFormNoCircle() {
        var uses = new TreeMap<String, Set<String>>();
        for (JavaClass type : KIT) {
            type.getDirectDependenciesFromSelf()
                    .forEach(use -> uses.computeIfAbsent(file(type.getName()), none -> new TreeSet<>())
                            .add(file(use.getTargetClass().getName())));
        }
        var circles = new TreeSet<String>();
        for (String inner : uses.keySet()) {
            String room = inner.substring(0, inner.lastIndexOf('.'));
            String floor = room.substring(0, room.lastIndexOf('.') < 0 ? 0 : room.lastIndexOf('.'));
            if (!floor.equals("ardent") && !floor.isEmpty()) {
                reached(inner, uses).stream()
                        .filter(other -> other.startsWith(floor + ".") && !other.startsWith(room + "."))
                        .filter(other -> reached(other, uses).contains(inner))
                        .forEach(other -> circles.add(inner + " and " + other));
            }
        }
        assertThat(circles).isEmpty();
    }

    private static String file(String type) {
        return type.replaceFirst("\\$.*", "");
    }

    private static Set<String> reached(String from, Map<String, Set<String>> uses) {
        var reached = new TreeSet<String>();
        var next = new ArrayDeque<>(uses.getOrDefault(from, Set.of()));
        while (!next.isEmpty()) {
            String type = next.remove();
            if (reached.add(type)) {
                next.addAll(uses.getOrDefault(type, Set.of()));
            }
        }
        return reached;
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
                .resideOutsideOfPackages("ardent.evaluate..", "ardent.anomaly", "ardent.report..", "ardent.provenance")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.tribuo..", "com.oracle.labs.mlrg.olcut..")
                .check(KIT);
        noClasses()
                .that()
                .resideOutsideOfPackages("ardent", "ardent.report..", "ardent.notebook", "ardent.data")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("tech.tablesaw..")
                .check(KIT);
        noClasses()
                .that()
                .resideOutsideOfPackages("ardent", "ardent.report..", "ardent.notebook")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.knowm.xchart..")
                .check(KIT);
        noClasses()
                .that()
                .resideOutsideOfPackages("ardent.evaluate..", "ardent.method")
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
        noClasses()
                .that()
                .resideOutsideOfPackage("ardent.spark")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.spark..", "scala..")
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
