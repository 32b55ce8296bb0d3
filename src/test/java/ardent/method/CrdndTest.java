package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.network.Weights;
import ardent.tensor.Losses;
import ardent.tensor.Noise;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** CRDND's parts, each against what it must reduce to. */
class CrdndTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(120, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(2).batchSize(40).rate(0.05).validation(0);
    private static final Classifier TEACHER = teacher();
    private static final Crdnd PLAIN = new Crdnd(TEACHER, BALL)
            .search(Crdnd.Search.TEACHER)
            .compensation(Compensation.none())
            .contrast(Contrast.none())
            .robust(5 / 6f);

    private static Classifier teacher() {
        try (var training = new Training(new SmallCnn(6), new Trades(BALL), DATA, PLAN.epochs(4))) {
            return training.run(Tasks.silent()).student();
        }
    }

    @AfterAll
    static void close() {
        TEACHER.close();
    }

    @Test
    void withBothPartsOffItIsRsladToTheLastBit() {
        Rslad rslad = new Rslad(TEACHER, BALL);
        assertThat(trained(PLAIN)).isEqualTo(trained(rslad));
        Crdnd off = new Crdnd(TEACHER, BALL).compensation(Compensation.none()).contrast(Contrast.none());
        assertThat(trained(off))
                .isEqualTo(trained(new Rslad(TEACHER, rslad.inner(), off.robust(), rslad.divergence())));
    }

    /** 4·K values between two layers are 8·K² weights: with a thousand classes more than most students have. */
    @ParameterizedTest
    @CsvSource({"10, 40", "100, 400", "1000, 400"})
    void aResidualOfManyClassesStaysNarrow(int classes, int hidden) {
        try (Classifier student = Classifier.of(new SmallCnn(2), DATA.shape(), classes, 0);
                Companion companion = new Companion(DATA, Noise.of(1));
                NDArray images = DATA.pixels(Torch.manager(), new int[] {0, 1});
                NDArray labels = DATA.labels(Torch.manager(), new int[] {0, 1})) {
            Step step = new Step(student, images, labels, 0, Noise.of(1), companion);
            Tape.free(() -> Compensation.residual().of(step, student, images));
            Map<String, NDArray> weights = companion.weights().get("compensation");
            assertThat(weights.get("first.weight").getShape()).isEqualTo(new Shape(hidden, classes));
            assertThat(weights.get("last.weight").getShape()).isEqualTo(new Shape(classes, hidden));
        }
    }

    @Test
    void contrastOfWeightZeroIsNoContrast() {
        assertThat(trained(PLAIN.contrast(Contrast.relation()).contrast(0))).isEqualTo(trained(PLAIN));
        assertThat(trained(PLAIN.contrast(Contrast.relation()))).isNotEqualTo(trained(PLAIN));
    }

    @Test
    void aTemperatureOfOneIsTheCompensationUnderneathToTheLastBit() {
        assertThat(trained(PLAIN.compensation(Compensation.tempered(1)))).isEqualTo(trained(PLAIN));
        Crdnd residual = PLAIN.compensation(Compensation.residual());
        Crdnd tempered = PLAIN.compensation(new Compensation.Tempered(Compensation.residual(), 1, 0));
        assertThat(trained(tempered)).isEqualTo(trained(residual)).isNotEqualTo(trained(PLAIN));
        assertThat(trained(PLAIN.compensation(Compensation.adaptive(0)))).isEqualTo(trained(PLAIN));
        assertThat(trained(PLAIN.compensation(Compensation.tempered(2)))).isNotEqualTo(trained(PLAIN));
    }

    @Test
    void aTeacherIsSoftenedToTheEntropyAndLeftAloneWhereItHasIt() {
        assertThat(trained(PLAIN.compensation(Compensation.softened(0)))).isEqualTo(trained(PLAIN));
        assertThat(trained(PLAIN.compensation(Compensation.softened(0.99)))).isNotEqualTo(trained(PLAIN));
        try (NDManager manager = Torch.manager().newSubManager()) {
            // Two classes with logits ±6 at temperature 3: q = 1 / (1 + e⁻⁴).
            NDArray sure = manager.create(new float[][] {{6, -6}, {-6, 6}});
            double q = 1 / (1 + Math.exp(-4));
            double entropy = -q * Math.log(q) - (1 - q) * Math.log(1 - q);
            assertThat(Compensation.Softened.temperature(sure, (float) entropy).getFloat())
                    .isCloseTo(3, within(1e-3f));
            assertThat(Compensation.Softened.temperature(sure.div(3), (float) (0.9 * entropy))
                            .getFloat())
                    .isEqualTo(1);
        }
    }

    @Test
    void aTeacherThatIsNotMovedIsNotSoftened() {
        Network still = x ->
                x.reshape(x.getShape().get(0), -1).get(":, 0:4").stopGradient().mul(Torch.constant(0));
        assertThat(terms(rightly(still, Compensation.adaptive(5)), still))
                .isEqualTo(terms(rightly(still, Compensation.none()), still));
    }

    @Test
    void theInstabilityIsTheShareOfTheBeliefThatMoves() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray calm = manager.create(new float[][] {{0.7f, 0.2f, 0.1f}, {1, 0, 0}, {0.5f, 0.25f, 0.25f}});
            NDArray shaken = manager.create(new float[][] {{0.5f, 0.2f, 0.3f}, {0, 0, 1}, {0.5f, 0.25f, 0.25f}});
            assertThat(Compensation.Tempered.moved(calm, shaken).toFloatArray())
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(0.2f, 1, 0);
        }
    }

    @Test
    void withLabelsInThePlaceOfTheTeacherASelfRelationIsTrades() {
        Trades trades = new Trades(PLAIN.inner(), 3);
        Compensation labels =
                (step, teacher, adversarial) -> new Targets(logits -> Losses.crossEntropy(logits, step.labels()));
        Crdnd crdnd = new Crdnd(
                TEACHER, trades.inner(), Crdnd.Search.SELF, labels, Contrast.selfRelation(), 0, trades.beta(), 1);
        Map<String, Float> expected = terms(trades, TEACHER);
        Map<String, Float> actual = terms(crdnd, TEACHER);
        assertThat(actual.get("adversarial")).isZero();
        assertThat(actual.get("clean")).isEqualTo(expected.get("clean"));
        assertThat(actual.get("contrast")).isEqualTo(expected.get("divergence"));
    }

    /** Noise is before the student in both of its terms; teacher and search have the clean images. */
    @Test
    void aSelfRelationUnderNoiseIsTheSameMethodWithANoisyView() {
        Crdnd quiet = new Crdnd(TEACHER, BALL).contrast(Contrast.selfRelation());
        for (Start noise : List.of(Start.boundary(), Start.uniform())) {
            Crdnd noisy = quiet.contrast(Contrast.selfRelation(noise));
            assertThat(trained(noisy))
                    .isEqualTo(trained(new NoisyView(quiet, BALL, noise)))
                    .isNotEqualTo(trained(quiet));
            Contrast both = Contrast.relation().and(Contrast.selfRelation(noise), 0.1);
            Contrast without = Contrast.relation().and(Contrast.selfRelation(), 0.1);
            assertThat(trained(quiet.contrast(both)))
                    .isEqualTo(trained(new NoisyView(quiet.contrast(without), BALL, noise)));
        }
        assertThat(trained(quiet.contrast(Contrast.selfRelation(Start.boundary()), 0)))
                .isEqualTo(trained(quiet.contrast(0)));
        assertThat(trained(new Crdnd(TEACHER, BALL)))
                .isEqualTo(trained(quiet.contrast(Contrast.selfRelation(Start.boundary()))));
    }

    @Test
    void aSelfRelationNeedsNoFeaturesOfTheTeacher() {
        Network bare = x -> TEACHER.logits(x);
        Crdnd method = new Crdnd(bare, BALL)
                .compensation(Compensation.tempered(2))
                .contrast(Contrast.selfRelation(), 3)
                .search(Crdnd.Search.SELF);
        assertThat(terms(method, bare)).isEqualTo(terms(swapped(method, TEACHER), TEACHER));
        Contrast both = Contrast.selfRelation().and(Contrast.relation(), 0.1);
        assertThatThrownBy(() -> terms(method.contrast(both), bare)).hasMessageContaining("give a Classifier");
        Contrast other = Contrast.relation().and(Contrast.selfRelation(), 0.1);
        assertThatThrownBy(() -> terms(method.contrast(other), bare)).hasMessageContaining("give a Classifier");
    }

    private static Crdnd swapped(Crdnd method, Network teacher) {
        return new Crdnd(
                teacher,
                method.inner(),
                method.search(),
                method.compensation(),
                method.contrast(),
                method.robust(),
                method.contrastWeight(),
                method.compensationWeight());
    }

    @Test
    void aContrastOfWeightZeroBesideAnotherOneAddsNothing() {
        Crdnd alone = PLAIN.contrast(Contrast.selfRelation(), 3);
        Contrast both = Contrast.selfRelation().and(Contrast.instance(), 0);
        assertThat(terms(alone.contrast(both), TEACHER)).isEqualTo(terms(alone, TEACHER));
    }

    @Test
    void residualBeginsAsRslad() {
        Crdnd residual = PLAIN.compensation(Compensation.residual());
        Map<String, Float> first = terms(residual, TEACHER);
        Map<String, Float> plain = terms(PLAIN, TEACHER);
        assertThat(first.get("adversarial")).isEqualTo(plain.get("adversarial"));
        assertThat(first.get("clean")).isEqualTo(plain.get("clean"));
        assertThat(first).containsKey("compensation");
    }

    @Test
    void correctionOfATeacherThatIsRightIsRslad() {
        Network right = x -> onehots(x).mul(Torch.constant(20));
        Map<String, Float> corrected = terms(rightly(right, Compensation.correction()), right);
        Map<String, Float> plain = terms(rightly(right, Compensation.none()), right);
        assertThat(corrected.get("adversarial")).isCloseTo(plain.get("adversarial"), within(1e-5f));
        assertThat(corrected.get("clean")).isCloseTo(plain.get("clean"), within(1e-5f));
    }

    @Test
    void correctionMakesTheLabelTheTopClassByItsMargin() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray p = manager.create(new float[][] {{0.7f, 0.2f, 0.1f}, {0.7f, 0.2f, 0.1f}, {0.4f, 0.4f, 0.2f}});
            NDArray labels = manager.create(new long[] {0, 1, 1});
            NDArray corrected = Compensation.Correction.correct(p, labels, 0.1f);
            assertThat(corrected.get("0").toFloatArray()).containsExactly(0.7f, 0.2f, 0.1f);
            float[] second = corrected.get("1").toFloatArray();
            assertThat(second[1] - second[0]).isCloseTo(0.1f, within(1e-6f));
            assertThat(second[0] + second[1] + second[2]).isCloseTo(1, within(1e-6f));
            float[] tied = corrected.get("2").toFloatArray();
            assertThat(tied[1] - tied[0]).isCloseTo(0.1f, within(1e-6f));
        }
    }

    @Test
    void relianceGoesToTheLabelAsTheTeacherLosesIt() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray calm = manager.create(new float[][] {{0.7f, 0.2f, 0.1f}, {0.7f, 0.2f, 0.1f}});
            NDArray shaken = manager.create(new float[][] {{0.25f, 0.5f, 0.25f}, {0, 1, 0}});
            NDArray labels = manager.create(new long[] {0, 2});
            NDArray mixed = Compensation.Reliance.mixed(calm, shaken, labels, 0.5f);
            float[] half = mixed.get("0").toFloatArray();
            assertThat(half[0]).isCloseTo(0.85f, within(1e-6f));
            assertThat(half[1]).isCloseTo(0.1f, within(1e-6f));
            assertThat(mixed.get("1").toFloatArray()).containsExactly(0, 0, 1);
        }
    }

    @Test
    void alwaysRelyingIsRslad() {
        Map<String, Float> always = terms(PLAIN.compensation(new Compensation.Reliance(0)), TEACHER);
        Map<String, Float> plain = terms(new Rslad(TEACHER, BALL), TEACHER);
        always.forEach((name, value) -> assertThat(value).as(name).isCloseTo(plain.get(name), within(1e-6f)));
    }

    @Test
    void transitionThroughTheIdentityIsTheDivergence() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray student = manager.create(new float[][] {{1, 2, 3}, {0, 0, 1}});
            NDArray teacher = manager.create(new float[][] {{3, 1, 0}, {1, 2, 1}});
            float[] mixed = Compensation.Transition.mixed(student, manager.eye(3), teacher.softmax(1))
                    .toFloatArray();
            assertThat(mixed)
                    .usingComparatorWithPrecision(1e-5f)
                    .containsExactly(Losses.kl(student, teacher).toFloatArray());
        }
    }

    @Test
    void relationIsZeroWhenTheStudentSeesAsTheTeacherDoes() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray rows = Contrast.unit(manager.create(new float[][] {{1, 2}, {0, 1}, {-1, 1}, {3, -2}}));
            assertThat(Contrast.relation(rows, rows, rows, 0.1f).getFloat()).isCloseTo(0, within(1e-6f));
            NDArray other = Contrast.unit(manager.create(new float[][] {{-1, 2}, {5, 1}, {-1, -1}, {0, -2}}));
            assertThat(Contrast.relation(rows, rows, other, 0.1f).getFloat()).isGreaterThan(0.01f);
            NDArray one = rows.get("0:1");
            assertThat(Contrast.relation(one, one, one, 0.1f).getFloat()).isZero();
        }
    }

    @Test
    void supervisedContrastEqualsItsDefinition() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray v = Contrast.unit(manager.create(new float[][] {{1, 2}, {0, 1}, {-1, 1}}));
            NDArray u = Contrast.unit(manager.create(new float[][] {{2, 2}, {1, 1}, {-1, 0}}));
            NDArray w = Contrast.unit(manager.create(new float[][] {{1, 0}, {0, 3}, {-2, 1}}));
            NDArray views = u.concat(w, 0);
            long[] labels = {0, 1, 0};
            float[][] anchors = rows(v);
            float[][] all = rows(views);
            double expected = 0;
            for (int i = 0; i < 3; i++) {
                double sum = 0;
                for (float[] view : all) {
                    sum += Math.exp(dot(anchors[i], view) / 0.5);
                }
                double own = 0;
                int count = 0;
                for (int j = 0; j < 6; j++) {
                    if (labels[j % 3] == labels[i]) {
                        own += dot(anchors[i], all[j]) / 0.5 - Math.log(sum);
                        count++;
                    }
                }
                expected -= own / count / 3;
            }
            assertThat((double) Contrast.supervised(v, views, manager.create(labels), 0.5f)
                            .getFloat())
                    .isCloseTo(expected, within(1e-5));
        }
    }

    static Stream<Crdnd> forms() {
        var compensations = List.of(
                Compensation.residual(),
                new Compensation.Residual(Compensation.Input.FEATURES, Compensation.Target.ADVERSARIAL, 0.5f),
                Compensation.transition(),
                Compensation.correction(),
                Compensation.reliance(),
                Compensation.tempered(2),
                new Compensation.Tempered(Compensation.residual(), 2, 4),
                Compensation.softened(0.99));
        var contrasts = List.of(
                Contrast.none(),
                Contrast.instance(),
                Contrast.relation(),
                Contrast.supervised(),
                Contrast.selfRelation(),
                Contrast.selfRelation().and(Contrast.relation(), 0.1));
        return IntStream.range(0, compensations.size())
                .mapToObj(i -> PLAIN.compensation(compensations.get(i)).contrast(contrasts.get(i % contrasts.size())));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyFormTrainsRepeatablyAndItsCompanionsMove(Crdnd form) {
        int before = Torch.threads();
        Torch.threads(1);
        try {
            assertThat(trained(form)).isEqualTo(trained(form)).isNotEqualTo(trained(PLAIN));
        } finally {
            Torch.threads(before);
        }
    }

    @Test
    void noGradientPassesBetweenStudentAndCompensation() {
        for (Compensation compensation : List.of(Compensation.residual(), Compensation.transition())) {
            Crdnd weak = with(compensation, 0.001f);
            Crdnd strong = with(compensation, 5);
            try (var companion = new Companion(DATA, Noise.of(1))) {
                assertThat(gradients(weak, companion)).isEqualTo(gradients(strong, companion));
            }
        }
    }

    private static Crdnd rightly(Network teacher, Compensation compensation) {
        return new Crdnd(teacher, PLAIN.inner(), PLAIN.search(), compensation, Contrast.none(), PLAIN.robust(), 0, 1);
    }

    private static Crdnd with(Compensation compensation, float weight) {
        return new Crdnd(
                TEACHER, PLAIN.inner(), PLAIN.search(), compensation, Contrast.none(), PLAIN.robust(), 1, weight);
    }

    private static String gradients(Crdnd method, Companion companion) {
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 3);
                NDManager manager = Torch.manager().newSubManager()) {
            Objective objective = Tape.quiet(() -> method.prepare(step(student, companion, manager)));
            Tape.record(() -> objective.value().total());
            var gradients = new java.util.LinkedHashMap<String, NDArray>();
            student.layers().learnable().forEach((name, weight) -> gradients.put(name, weight.getGradient()));
            return Weights.sha256(gradients);
        }
    }

    @ParameterizedTest
    @EnumSource(Crdnd.Search.class)
    void everySearchStaysInTheBall(Crdnd.Search search) {
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 3);
                var companion = new Companion(DATA, Noise.of(1));
                NDManager manager = Torch.manager().newSubManager()) {
            assertThat(Tape.quiet(() -> PLAIN.search(search).prepare(step(student, companion, manager))))
                    .isNotNull();
        }
        boolean same = search != Crdnd.Search.LABELS && search != Crdnd.Search.ADAPTIVE;
        assertThat(trained(PLAIN.search(search)).equals(trained(PLAIN))).isEqualTo(same);
    }

    @ParameterizedTest
    @EnumSource(
            value = Crdnd.Search.class,
            names = {"SELF", "SELF_UNIFORM"})
    void theSearchForASelfRelationNeedsOne(Crdnd.Search search) {
        Crdnd self = PLAIN.search(search);
        Crdnd relation = PLAIN.contrast(Contrast.relation());
        assertThat(trained(self.contrast(Contrast.relation()))).isEqualTo(trained(relation));
        assertThat(trained(self.contrast(Contrast.selfRelation(), 0))).isEqualTo(trained(PLAIN));
        for (Contrast with : List.of(
                Contrast.selfRelation(),
                Contrast.selfRelation().and(Contrast.relation(), 1),
                Contrast.relation().and(Contrast.selfRelation(), 1))) {
            assertThat(trained(self.contrast(with))).isNotEqualTo(trained(PLAIN.contrast(with)));
        }
    }

    @Test
    void theSearchForASelfRelationBeginsAnywhereInTheBallIfAsked() {
        Crdnd near = PLAIN.contrast(Contrast.selfRelation()).search(Crdnd.Search.SELF);
        Pgd uniform = near.inner().start(Start.uniform());
        Crdnd anywhere =
                new Crdnd(TEACHER, uniform, near.search(), near.compensation(), near.contrast(), near.robust(), 1, 1);
        assertThat(trained(near.contrast(1).search(Crdnd.Search.SELF_UNIFORM)))
                .isEqualTo(trained(anywhere))
                .isNotEqualTo(trained(near.contrast(1)));
    }

    @Test
    void theCompensatedSearchIsNotMisledByAWrongTeacher() {
        Network wrong = x -> onehots(x).matMul(next(x.getManager())).mul(Torch.constant(20));
        Crdnd corrected = rightly(wrong, new Compensation.Correction(0.9f));
        double misled = crossEntropyUnderAttack(corrected.search(Crdnd.Search.TEACHER));
        double compensated = crossEntropyUnderAttack(corrected.search(Crdnd.Search.COMPENSATED));
        double labels = crossEntropyUnderAttack(corrected.search(Crdnd.Search.LABELS));
        assertThat(compensated).isGreaterThan(misled).isCloseTo(labels, within(0.1 * (labels - misled)));
    }

    private static double crossEntropyUnderAttack(Crdnd method) {
        try (var student = teacher();
                var companion = new Companion(DATA, Noise.of(1));
                NDManager manager = Torch.manager().newSubManager()) {
            Step step = step(student, companion, manager);
            Objective objective = Tape.quiet(() -> method.prepare(step));
            Tape.record(() -> objective.value().total());
            return Losses.crossEntropy(student.logits(step.adversarial().images()), step.labels())
                    .mean()
                    .getFloat();
        }
    }

    /** Turns each class into the one after it. */
    private static NDArray next(NDManager manager) {
        return manager.create(new float[][] {{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}, {1, 0, 0, 0}});
    }

    @Test
    void badValuesGetOneSentence() {
        Network bare = x -> onehots(x);
        assertThatThrownBy(() -> terms(Crdnd.residualRelation(bare, BALL), bare))
                .hasMessageContaining("give a Classifier");
        assertThatThrownBy(() -> PLAIN.robust(1.5f)).hasMessageContaining("in [0, 1]");
        assertThatThrownBy(() -> PLAIN.contrast(-1)).hasMessageContaining("at least 0");
        assertThatThrownBy(() -> new Contrast.Relation(0)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> Compensation.tempered(0)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() -> Compensation.adaptive(-1)).hasMessageContaining("at least 0");
        assertThatThrownBy(() -> Compensation.softened(-1)).hasMessageContaining("lies in [0, 1]");
        assertThatThrownBy(() -> Compensation.softened(1)).hasMessageContaining("must be below 1");
        assertThatThrownBy(() -> new Compensation.Tempered(Compensation.reliance(), 2, 0))
                .hasMessageContaining("softens logits")
                .hasMessageContaining("not Reliance");
        assertThatThrownBy(() -> Contrast.none().and(Contrast.relation(), 1))
                .hasMessageContaining("give the other alone");
        assertThatThrownBy(() -> Contrast.selfRelation().and(Contrast.relation(), -1))
                .hasMessageContaining("at least 0");
        assertThatThrownBy(() -> new Compensation.Reliance(-1)).hasMessageContaining("at least 0, not -1");
        assertThatThrownBy(() -> new Compensation.Correction(1)).hasMessageContaining("between 0 and 1");
        try (var narrow = Classifier.of(new SmallCnn(2), DATA.shape(), 3, 0);
                var other = Classifier.of(new SmallCnn(2), new ai.djl.ndarray.types.Shape(1, 12, 12), 4, 0)) {
            assertThatThrownBy(() -> terms(new Rslad(narrow, BALL), narrow))
                    .hasMessageContaining("but the data have 4 classes");
            for (Method method : List.of(new Rslad(other, BALL), new AdaAd(other, BALL))) {
                assertThatThrownBy(() -> terms(method, narrow))
                        .hasMessageStartingWith("The teacher SmallCnn")
                        .hasMessageContaining("takes images of shape (N, 1, 12, 12), not (")
                        .hasMessageEndingWith("give such images, or a teacher for these.");
            }
        }
    }

    private static String trained(Method method) {
        return Trained.weights(method, DATA, PLAN);
    }

    private static Step step(Classifier student, Companion companion, NDManager manager) {
        int[] first = IntStream.range(0, 20).toArray();
        return new Step(student, DATA.pixels(manager, first), DATA.labels(manager, first), 0, Noise.of(5), companion);
    }

    private static Map<String, Float> terms(Method method, Network teacher) {
        assertThat(teacher).isNotNull();
        try (var student = Classifier.of(new SmallCnn(2), DATA.shape(), 4, 3);
                var companion = new Companion(DATA, Noise.of(1));
                NDManager manager = Torch.manager().newSubManager()) {
            Objective objective = Tape.quiet(() -> method.prepare(step(student, companion, manager)));
            var values = new java.util.LinkedHashMap<String, Float>();
            Tape.record(() -> {
                Terms terms = objective.value();
                terms.list()
                        .forEach(term -> values.put(
                                term.name(), term.value().stopGradient().getFloat()));
                return terms.total();
            });
            return values;
        }
    }

    /** A network that is right: the quarter with the most light. */
    private static NDArray onehots(NDArray images) {
        NDArray quarters = ai.djl.nn.pooling.Pool.avgPool2d(
                        images,
                        new ai.djl.ndarray.types.Shape(4, 4),
                        new ai.djl.ndarray.types.Shape(4, 4),
                        new ai.djl.ndarray.types.Shape(0, 0),
                        false,
                        true)
                .reshape(images.getShape().get(0), -1);
        return Losses.oneHot(quarters.argMax(1), 4).add(quarters.mul(Torch.constant(1e-3)));
    }

    private static float[][] rows(NDArray matrix) {
        int width = (int) matrix.getShape().get(1);
        float[] flat = matrix.toFloatArray();
        float[][] rows = new float[flat.length / width][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = java.util.Arrays.copyOfRange(flat, i * width, (i + 1) * width);
        }
        return rows;
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
