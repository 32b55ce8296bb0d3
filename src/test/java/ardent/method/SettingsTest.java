package ardent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.attack.Ball;
import ardent.attack.L2;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.network.Classifier;
import ardent.network.Network;
import ardent.network.SmallCnn;
import ardent.tensor.Torch;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Settings of the papers, names in tables, changed copies, and the edges of what is accepted. */
class SettingsTest {
    private static final Network TEACHER = x -> x;
    private static final Ball BALL = new L2(0.8f);
    private static final Pgd GAUSS = new Pgd(BALL, 0.2f, 10, new Start.Gauss(0.001f));
    private static final Pgd UNIFORM = new Pgd(BALL, 0.2f, 10, new Start.Uniform(true));
    private static final Pgd UNCLAMPED = new Pgd(BALL, 0.2f, 10, new Start.Uniform(false));
    private static final Pgd TRADES = new Pgd(new Linf(0.031f), 0.007f, 10, new Start.Gauss(0.001f));
    private static final Divergence MEAN = new Divergence(1, false, 0);

    @Test
    void settingsAreThoseOfThePapers() {
        assertThat(new Sat(BALL)).isEqualTo(new Sat(UNIFORM, 0));
        assertThat(new Trades(BALL)).isEqualTo(new Trades(GAUSS, 6, false, 0));
        assertThat(new Trades()).isEqualTo(new Trades(TRADES, 6, false, 0));
        assertThat(new Mart(BALL)).isEqualTo(new Mart(GAUSS, 5));
        assertThat(new Mart()).isEqualTo(new Mart(TRADES, 5));
        assertThat(new Rslad(TEACHER, BALL)).isEqualTo(new Rslad(TEACHER, GAUSS, 5 / 6f, MEAN));
        assertThat(new AdaAd(TEACHER, BALL)).isEqualTo(new AdaAd(TEACHER, GAUSS, 1, MEAN));
        assertThat(new AdaIad(TEACHER, BALL)).isEqualTo(new AdaIad(TEACHER, GAUSS, 30, 1, 0.1f, 0.3f, false));
        assertThat(new Akd(TEACHER, BALL)).isEqualTo(new Akd(TEACHER, UNIFORM, 0.5f));
        assertThat(new Ard(TEACHER, BALL))
                .isEqualTo(new Ard(TEACHER, UNCLAMPED, 30, 1, new Divergence(1, true, 0), BatchNormStatistics.RUNNING));
        assertThat(new Iad(TEACHER, BALL))
                .isEqualTo(new Iad(TEACHER, UNCLAMPED, 1, 1, 0.1f, 0.3f, false, BatchNormStatistics.RUNNING));
        assertThat(new Iad2(TEACHER, TEACHER, BALL))
                .isEqualTo(new Iad2(
                        TEACHER, TEACHER, UNCLAMPED, 1, 0.5f, 0.25f, 0.1f, 0.2f, false, BatchNormStatistics.RUNNING));
        assertThat(new Mtard(TEACHER, TEACHER, BALL)).isEqualTo(new Mtard(TEACHER, TEACHER, GAUSS, 0.025f, 1, MEAN));
        assertThat(new BMtard(TEACHER, TEACHER, BALL))
                .isEqualTo(new BMtard(TEACHER, TEACHER, GAUSS, 0.025f, 1, 0.001f, MEAN));
        assertThat(new Dgad(TEACHER, BALL)).isEqualTo(new Dgad(TEACHER, GAUSS, true, true, 1));
        assertThat(new Saad(TEACHER, BALL)).isEqualTo(new Saad(TEACHER, GAUSS, 1, 5, 1, 0, 1));
        assertThat(new MixKd(TEACHER, BALL)).isEqualTo(new MixKd(TEACHER, GAUSS, false, 0.4f, 1, 1, 1));
        assertThat(new Igdm(TEACHER, BALL)).isEqualTo(new Igdm(new AdaAd(TEACHER, BALL), TEACHER, 1));
        assertThat(new Nib()).isEqualTo(new Nib(new Natural(0), 1e-4f, 1, 0.1f, 0.1f));
        assertThat(new Ckl(TEACHER, TEACHER)).isEqualTo(new Ckl(List.of(TEACHER, TEACHER), 1, true));
        assertThat(new Crdnd(TEACHER, BALL))
                .isEqualTo(new Crdnd(
                        TEACHER,
                        GAUSS,
                        Crdnd.Search.SELF_UNIFORM,
                        Compensation.softened(1 / 3.0),
                        Contrast.selfRelation(Start.boundary()),
                        0.5f,
                        2,
                        1));
        assertThat(new NoisyView(BALL)).isEqualTo(new NoisyView(new Trades(BALL), BALL, new Start.Boundary()));
        assertThat(Crdnd.residualRelation(TEACHER, BALL))
                .isEqualTo(new Crdnd(
                        TEACHER,
                        GAUSS,
                        Crdnd.Search.TEACHER,
                        new Compensation.Residual(Compensation.Input.LOGITS, Compensation.Target.CLEAN, 1),
                        new Contrast.Relation(0.1f),
                        1,
                        0.1f,
                        1));
        try (Classifier teacher = Classifier.of(new SmallCnn(2), new ai.djl.ndarray.types.Shape(1, 8, 8), 4, 0)) {
            assertThat(new Gacd(teacher, BALL)).isEqualTo(new Gacd(teacher, UNIFORM, 0.1f, 0.1f));
            assertThat(new Gacd(teacher)).isEqualTo(new Gacd(teacher, new Linf(8 / 255f)));
        }
        assertThat(Compensation.transition()).isEqualTo(new Compensation.Transition(1e-3f));
        assertThat(Compensation.correction()).isEqualTo(new Compensation.Correction(0.1f));
        assertThat(Compensation.reliance()).isEqualTo(new Compensation.Reliance(1));
        assertThat(Compensation.tempered(2)).isEqualTo(new Compensation.Tempered(Compensation.none(), 2, 0));
        assertThat(Compensation.adaptive(3)).isEqualTo(new Compensation.Tempered(Compensation.none(), 1, 3));
        assertThat(Compensation.softened(0.5)).isEqualTo(new Compensation.Softened(0.5f));
        assertThat(Contrast.selfRelation()).isEqualTo(new Contrast.SelfRelation(Start.clean()));
        assertThat(Compensation.none()).isEqualTo(new Compensation.None());
        assertThat(Contrast.instance()).isEqualTo(new Contrast.Instance(0.1f));
        assertThat(Contrast.supervised()).isEqualTo(new Contrast.Supervised(0.1f));
        assertThat(Contrast.none()).isEqualTo(new Contrast.None());
        assertThat(Divergence.rslad()).isEqualTo(new Divergence(1, true, 1e-5f));
        assertThat(Divergence.rsladCifar100()).isEqualTo(new Divergence(10, true, 1e-5f));
        assertThat(Divergence.elementMean()).isEqualTo(new Divergence(1, true, 0));
        assertThat(Divergence.batchMean()).isEqualTo(MEAN);
    }

    @Test
    void withoutABallItIsTheFieldsRadius() {
        Ball field = new Linf(8 / 255f);
        assertThat(new Sat()).isEqualTo(new Sat(field));
        assertThat(new Rslad(TEACHER)).isEqualTo(new Rslad(TEACHER, field));
        assertThat(new AdaAd(TEACHER)).isEqualTo(new AdaAd(TEACHER, field));
        assertThat(new AdaIad(TEACHER)).isEqualTo(new AdaIad(TEACHER, field));
        assertThat(new Akd(TEACHER)).isEqualTo(new Akd(TEACHER, field));
        assertThat(new Ard(TEACHER)).isEqualTo(new Ard(TEACHER, field));
        assertThat(new Iad(TEACHER)).isEqualTo(new Iad(TEACHER, field));
        assertThat(new Iad2(TEACHER, TEACHER)).isEqualTo(new Iad2(TEACHER, TEACHER, field));
        assertThat(new Mtard(TEACHER, TEACHER)).isEqualTo(new Mtard(TEACHER, TEACHER, field));
        assertThat(new BMtard(TEACHER, TEACHER)).isEqualTo(new BMtard(TEACHER, TEACHER, field));
        assertThat(new Dgad(TEACHER)).isEqualTo(new Dgad(TEACHER, field));
        assertThat(new Saad(TEACHER)).isEqualTo(new Saad(TEACHER, field));
        assertThat(new MixKd(TEACHER)).isEqualTo(new MixKd(TEACHER, field));
        assertThat(new Igdm(TEACHER)).isEqualTo(new Igdm(TEACHER, field));
        assertThat(new Crdnd(TEACHER)).isEqualTo(new Crdnd(TEACHER, field));
    }

    @Test
    void tablesCallThemAsTheirPapersDo() {
        Map<Method, String> names = Map.ofEntries(
                Map.entry(new Sat(BALL), "SAT"),
                Map.entry(new Trades(BALL), "TRADES"),
                Map.entry(new Mart(BALL), "MART"),
                Map.entry(new Rslad(TEACHER, BALL), "RSLAD"),
                Map.entry(new AdaAd(TEACHER, BALL), "AdaAD"),
                Map.entry(new AdaIad(TEACHER, BALL), "AdaIAD"),
                Map.entry(new Akd(TEACHER, BALL), "AKD"),
                Map.entry(new Ard(TEACHER, BALL), "ARD"),
                Map.entry(new Iad(TEACHER, BALL), "IAD-I"),
                Map.entry(new Iad2(TEACHER, TEACHER, BALL), "IAD-II"),
                Map.entry(new Mtard(TEACHER, TEACHER, BALL), "MTARD"),
                Map.entry(new BMtard(TEACHER, TEACHER, BALL), "B-MTARD"),
                Map.entry(new Dgad(TEACHER, BALL), "DGAD"),
                Map.entry(new Saad(TEACHER, BALL), "SAAD"),
                Map.entry(new Ckl(TEACHER, TEACHER), "CKL"),
                Map.entry(new Crdnd(TEACHER, BALL), "CRDND"),
                Map.entry(new MixKd(TEACHER, BALL), "MixKD"),
                Map.entry(new MixKd(TEACHER, BALL).search(true), "MixKD+search"),
                Map.entry(new Igdm(new Trades(BALL), TEACHER), "TRADES+IGDM"),
                Map.entry(new Nib(new Sat(BALL)), "SAT+NIB"),
                Map.entry(new Natural(), "Natural"));
        names.forEach((method, name) -> assertThat(method.label()).isEqualTo(name));
        assertThat(new Natural().inner()).isNull();
    }

    @Test
    void aChangedCopyDiffersInOneThing() {
        Rslad rslad = new Rslad(TEACHER, BALL);
        assertThat(rslad.divergence(Divergence.rslad()))
                .isEqualTo(new Rslad(TEACHER, GAUSS, 5 / 6f, Divergence.rslad()));
        Ard ard = new Ard(TEACHER, BALL);
        assertThat(ard.divergence(MEAN))
                .isEqualTo(new Ard(TEACHER, UNCLAMPED, 30, 1, MEAN, BatchNormStatistics.RUNNING));
        assertThat(ard.statistics(BatchNormStatistics.BATCH))
                .isEqualTo(new Ard(TEACHER, UNCLAMPED, 30, 1, Divergence.elementMean(), BatchNormStatistics.BATCH));
        assertThat(new AdaAd(TEACHER, BALL).divergence(Divergence.elementMean()))
                .isEqualTo(new AdaAd(TEACHER, GAUSS, 1, Divergence.elementMean()));
        assertThat(new Iad(TEACHER, BALL).detached(true))
                .isEqualTo(new Iad(TEACHER, UNCLAMPED, 1, 1, 0.1f, 0.3f, true, BatchNormStatistics.RUNNING));
        assertThat(new Mtard(TEACHER, TEACHER, BALL).divergence(Divergence.rslad()))
                .isEqualTo(new Mtard(TEACHER, TEACHER, GAUSS, 0.025f, 1, Divergence.rslad()));
        assertThat(new Sat(BALL).smoothing(0.1)).isEqualTo(new Sat(UNIFORM, 0.1f));
        assertThat(new Trades(BALL).smoothing(0.1)).isEqualTo(new Trades(GAUSS, 6, false, 0.1f));
        assertThat(new Trades(BALL).detached(true)).isEqualTo(new Trades(GAUSS, 6, true, 0));
        assertThat(new MixKd(TEACHER, BALL).search(true)).isEqualTo(new MixKd(TEACHER, GAUSS, true, 0.4f, 1, 1, 1));
        Crdnd crdnd = Crdnd.residualRelation(TEACHER, BALL);
        assertThat(crdnd.robust(0.5f).contrast(2).search(Crdnd.Search.LABELS))
                .isEqualTo(new Crdnd(
                        TEACHER, GAUSS, Crdnd.Search.LABELS, Compensation.residual(), Contrast.relation(), 0.5f, 2, 1));
        assertThat(crdnd.compensation(Compensation.reliance()).contrast(Contrast.instance()))
                .isEqualTo(new Crdnd(
                        TEACHER,
                        GAUSS,
                        Crdnd.Search.TEACHER,
                        Compensation.reliance(),
                        Contrast.instance(),
                        1,
                        0.1f,
                        1));
    }

    @Test
    void theEdgesOfWhatIsAccepted() {
        assertThat(new Compensation.Residual(Compensation.Input.LOGITS, Compensation.Target.CLEAN, 0).keep())
                .isZero();
        assertThat(new Compensation.Reliance(0).power()).isZero();
        assertThat(new Trades(GAUSS, 0).beta()).isZero();
        assertThat(new Iad2(TEACHER, TEACHER, GAUSS, 1, 0.5f, 0.5f, 0, 0, false, BatchNormStatistics.RUNNING).trust())
                .isZero();
        List<ThrowingCallable> refused = List.of(
                () -> new Compensation.Residual(Compensation.Input.LOGITS, Compensation.Target.CLEAN, -1e-6f),
                () -> new Compensation.Residual(Compensation.Input.LOGITS, Compensation.Target.CLEAN, Float.NaN),
                () -> new Compensation.Transition(0),
                () -> new Compensation.Correction(0),
                () -> new Compensation.Correction(1),
                () -> new Compensation.Correction(Float.NaN),
                () -> new Compensation.Reliance(Float.NaN),
                () -> new Compensation.Reliance(Float.POSITIVE_INFINITY),
                () -> new Contrast.Instance(0),
                () -> new Contrast.Relation(0),
                () -> new Contrast.Supervised(0),
                () -> new Trades(GAUSS, -1e-6f),
                () -> new Sat(GAUSS, 1),
                () -> new Trades(GAUSS, 6, false, 1),
                () -> new Natural(1),
                () -> new Mart(GAUSS, -1e-6f),
                () -> new Rslad(TEACHER, GAUSS, 1.1f, MEAN),
                () -> new AdaAd(TEACHER, GAUSS, 1.1f, MEAN),
                () -> new Akd(TEACHER, GAUSS, -0.1f),
                () -> new Ard(TEACHER, GAUSS, 0, 1, MEAN, BatchNormStatistics.RUNNING),
                () -> new Ard(TEACHER, GAUSS, 1, 1.1f, MEAN, BatchNormStatistics.RUNNING),
                () -> new Iad(TEACHER, GAUSS, 0, 1, 0, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad(TEACHER, GAUSS, 1, 2, 0, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad(TEACHER, GAUSS, 1, 1, -1, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad(TEACHER, GAUSS, 1, 1, 0, 2, false, BatchNormStatistics.RUNNING),
                () -> new AdaIad(TEACHER, GAUSS, 0, 1, 0, 0, false),
                () -> new AdaIad(TEACHER, GAUSS, 1, 2, 0, 0, false),
                () -> new AdaIad(TEACHER, GAUSS, 1, 1, -1, 0, false),
                () -> new AdaIad(TEACHER, GAUSS, 1, 1, 0, 2, false),
                () -> new Iad2(TEACHER, TEACHER, GAUSS, 0, 0.5f, 0.5f, 0, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad2(TEACHER, TEACHER, GAUSS, 1, -0.5f, 0.5f, 0, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad2(TEACHER, TEACHER, GAUSS, 1, 0.5f, -0.5f, 0, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad2(TEACHER, TEACHER, GAUSS, 1, 0.6f, 0.5f, 0, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad2(TEACHER, TEACHER, GAUSS, 1, 0.5f, 0.5f, -1, 0, false, BatchNormStatistics.RUNNING),
                () -> new Iad2(TEACHER, TEACHER, GAUSS, 1, 0.5f, 0.5f, 0, 2, false, BatchNormStatistics.RUNNING),
                () -> new Mtard(TEACHER, TEACHER, GAUSS, 2, 1, MEAN),
                () -> new Mtard(TEACHER, TEACHER, GAUSS, 1, -1, MEAN),
                () -> new BMtard(TEACHER, TEACHER, GAUSS, 2, 1, 0, MEAN),
                () -> new BMtard(TEACHER, TEACHER, GAUSS, 1, -1, 0, MEAN),
                () -> new BMtard(TEACHER, TEACHER, GAUSS, 1, 1, -1, MEAN),
                () -> new Dgad(TEACHER, GAUSS, true, true, -1),
                () -> new Saad(TEACHER, GAUSS, -1, 5, 1, 0, 1),
                () -> new Saad(TEACHER, GAUSS, 1, 0, 1, 0, 1),
                () -> new Saad(TEACHER, GAUSS, 1, 5, 0, 0, 1),
                () -> new Saad(TEACHER, GAUSS, 1, 5, 1, -1, 1),
                () -> new Saad(TEACHER, GAUSS, 1, 5, 1, 0, -1),
                () -> new Igdm(new Sat(BALL), TEACHER, -1),
                () -> new Nib(new Sat(BALL), -1, 1, 1, 1),
                () -> new Nib(new Sat(BALL), 1, 1, -1, 1),
                () -> new Nib(new Sat(BALL), 1, 1, 1, -1),
                () -> new MixKd(TEACHER, GAUSS, false, 1, -1, 1, 1),
                () -> new MixKd(TEACHER, GAUSS, false, 1, 1, -1, 1),
                () -> new MixKd(TEACHER, GAUSS, false, 1, 1, 1, -1),
                () -> new Ckl(List.of(TEACHER), -1, true),
                () -> new Divergence(1, false, -1),
                () -> new Crdnd(TEACHER, BALL).robust(-0.1f),
                () -> new Crdnd(TEACHER, GAUSS, Crdnd.Search.TEACHER, Compensation.none(), Contrast.none(), 1, 0, 0));
        for (int i = 0; i < refused.size(); i++) {
            assertThatThrownBy(refused.get(i))
                    .as("number %d", i)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(".");
        }
    }

    @Test
    void saadsEntropyIsShannonsForOrderOneAndRenyisElse() {
        double[] p = InDouble.softmax(new double[] {1, 0, -2});
        double shannon = 0;
        double square = 0;
        for (double each : p) {
            shannon -= each * Math.log(each);
            square += each * each;
        }
        var logits = Torch.array(new float[] {1, 0, -2}, new ai.djl.ndarray.types.Shape(1, 3));
        assertThat((double) Saad.entropy(logits, 1).getFloat())
                .isCloseTo(shannon, org.assertj.core.api.Assertions.within(1e-6));
        assertThat((double) Saad.entropy(logits, 2).getFloat())
                .isCloseTo(-Math.log(square), org.assertj.core.api.Assertions.within(1e-6));
    }
}
