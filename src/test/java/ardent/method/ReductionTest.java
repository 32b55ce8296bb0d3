package ardent.method;

import static ardent.tensor.Losses.kl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ardent.Tiny;
import ardent.attack.Linf;
import ardent.attack.Pgd;
import ardent.attack.Start;
import ardent.data.Images;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.tensor.Torch;
import ardent.train.Plan;
import ardent.train.Tasks;
import ardent.train.Training;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every switch at zero gives the simpler method, to the last bit of the trained weights. */
class ReductionTest {
    private static final Linf BALL = new Linf(0.05f);
    private static final Images DATA = Tiny.images(120, 1);
    private static final Plan PLAN =
            Plan.quick().epochs(2).batchSize(40).rate(0.05).validation(0);
    private static final Classifier TEACHER = teacher();
    private static final Pgd UNIFORM = new Sat(BALL).inner();
    private static final Pgd GAUSS = new Rslad(TEACHER, BALL).inner();

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
    void withoutTheTeacherItIsStandardAdversarialTraining() {
        String sat = trained(new Sat(BALL));
        assertThat(trained(new Akd(TEACHER, UNIFORM, 0))).isEqualTo(sat);
        assertThat(trained(new Gacd(TEACHER, UNIFORM, 0, 0.1f))).isEqualTo(sat);
        assertThat(trained(new Gacd(TEACHER, BALL))).isNotEqualTo(sat);
    }

    @Test
    void dgadWithoutItsPartsIsAdaAd() {
        String plain = trained(new AdaAd(TEACHER, BALL));
        assertThat(trained(new Dgad(TEACHER, GAUSS, false, false, 0))).isEqualTo(plain);
        assertThat(trained(new Dgad(TEACHER, BALL))).isNotEqualTo(plain);
    }

    @Test
    void iadThatNeverDoubtsIsArd() {
        Ard ard = new Ard(
                TEACHER,
                UNIFORM.start(new Start.Uniform(false)),
                1,
                1,
                Divergence.batchMean(),
                BatchNormStatistics.RUNNING);
        Iad iad = new Iad(TEACHER, BALL);
        assertThat(trained(doubting(iad, 0.1f, 1))).isEqualTo(trained(ard));
        assertThat(trained(doubting(iad, 0, 0))).isEqualTo(trained(ard));
        String doubting = trained(doubting(iad, 5, 0));
        assertThat(doubting).isNotEqualTo(trained(ard));
        assertThat(trained(doubting(iad, 5, 0).detached(true))).isNotEqualTo(doubting);
        assertThat(trained(ard.statistics(BatchNormStatistics.BATCH))).isNotEqualTo(trained(ard));
    }

    private static Iad doubting(Iad iad, float trust, float warmUp) {
        return new Iad(iad.teacher(), iad.inner(), 1, 1, trust, warmUp, false, BatchNormStatistics.RUNNING);
    }

    @Test
    void igdmOfWeightZeroIsItsHostWhicheverItIs() {
        for (Method host :
                new Method[] {new Rslad(TEACHER, BALL), new Trades(BALL), Crdnd.residualRelation(TEACHER, BALL)}) {
            assertThat(trained(new Igdm(host, TEACHER, 0))).isEqualTo(trained(host));
            assertThat(trained(new Igdm(host, TEACHER))).isNotEqualTo(trained(host));
        }
        assertThat(new Igdm(new Trades(BALL), TEACHER).inner()).isEqualTo(new Trades(BALL).inner());
        assertThatThrownBy(() -> trained(new Igdm(new Natural(), TEACHER)))
                .hasMessageContaining("one set of adversarial images, not 0");
    }

    @Test
    void nibOfWeightZeroIsItsHostWhicheverItIs() {
        for (Method host : new Method[] {new Natural(), new Rslad(TEACHER, BALL)}) {
            assertThat(trained(new Nib(host, 0, 0, 0, 0))).isEqualTo(trained(host));
            assertThat(trained(new Nib(host))).isNotEqualTo(trained(host));
        }
        assertThat(new Nib(new Trades(BALL)).inner()).isEqualTo(new Trades(BALL).inner());
    }

    @Test
    void mixKdThatMixesNothingAndSearchesIsRslad() {
        String rslad = trained(new Rslad(TEACHER, GAUSS, 1, Divergence.batchMean()));
        assertThat(trained(new MixKd(TEACHER, GAUSS, true, 0, 0, 0, 1))).isEqualTo(rslad);
        assertThat(trained(new MixKd(TEACHER, GAUSS, true, 0.4f, 0, 0, 1))).isNotEqualTo(rslad);
        assertThat(trained(new MixKd(TEACHER, GAUSS, false, 0, 0, 0, 1))).isNotEqualTo(rslad);
    }

    @Test
    void cklWithoutGradientsImitatesItsTeachers() {
        Method plain = step -> {
            NDArray soft = TEACHER.logits(step.images());
            return () -> {
                NDArray divergence = kl(step.learn(step.images()), soft).mean();
                return Terms.of("imitation", divergence.add(divergence));
            };
        };
        assertThat(trained(new Ckl(List.of(TEACHER, TEACHER), 0, false))).isEqualTo(trained(plain));
        String ckl = trained(new Ckl(TEACHER, TEACHER));
        assertThat(ckl).isNotEqualTo(trained(plain));
        assertThat(trained(new Ckl(TEACHER, TEACHER))).as("it repeats").isEqualTo(ckl);
    }

    @Test
    void bMtardWithStillTemperaturesIsMtard() {
        Mtard mtard = new Mtard(TEACHER, TEACHER, BALL);
        BMtard still = new BMtard(TEACHER, TEACHER, mtard.inner(), 0.025f, 1, 0, Divergence.batchMean());
        assertThat(trained(still)).isEqualTo(trained(mtard));
        assertThat(trained(new BMtard(TEACHER, TEACHER, mtard.inner(), 0.025f, 1, 0.5f, Divergence.batchMean())))
                .isNotEqualTo(trained(mtard));
    }

    @Test
    void weightsOfMtardSlowDownWithTheAuthorsRate() {
        assertThat(Mtard.Balance.rate(0.025, 0.5)).isEqualTo(0.025);
        assertThat(Mtard.Balance.rate(0.025, 0.72)).isCloseTo(0.0025, within(1e-12));
        assertThat(Mtard.Balance.rate(0.025, 0.96)).isCloseTo(0.000025, within(1e-12));
    }

    @Test
    void contrastOfGacdEqualsItsDefinition() {
        try (NDManager manager = Torch.manager().newSubManager()) {
            NDArray t = Contrast.unit(manager.create(new float[][] {{1, 2}, {0, 1}, {-1, 1}}));
            NDArray s = Contrast.unit(manager.create(new float[][] {{2, 2}, {1, 1}, {-1, 0}}));
            float[] trust = {0.9f, 0.5f, 0.1f};
            double share = 0.02;
            float[] scores = t.matMul(s.transpose()).toFloatArray();
            double expected = 0;
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    double e = Math.exp(scores[i * 3 + j] / 0.5);
                    double h = e / (e + share);
                    expected -= (i == j ? trust[i] * Math.log(h) : Math.log(1 - h)) / 3;
                }
            }
            double actual =
                    Gacd.contrast(t, s, manager.create(trust), 0.5f, share).getFloat();
            assertThat(actual).isCloseTo(expected, within(1e-5));
        }
    }

    @Test
    void badValuesGetOneSentence() {
        assertThatThrownBy(() -> new Ard(TEACHER, UNIFORM, 0, 1, Divergence.batchMean(), BatchNormStatistics.RUNNING))
                .hasMessage("The temperature τ is greater than 0, not 0.0.");
        assertThatThrownBy(() -> new Akd(TEACHER, UNIFORM, 2)).hasMessageContaining("in [0, 1]");
        assertThatThrownBy(() -> new Ckl(List.of())).hasMessageContaining("at least one teacher");
        assertThatThrownBy(() -> new MixKd(TEACHER, GAUSS, false, -1, 1, 1, 1))
                .hasMessageContaining("concentration of the mixture is at least 0");
        assertThatThrownBy(() -> new Nib(new Natural(), 0, -1, 0, 0)).hasMessageContaining("weight ρ");
        assertThatThrownBy(() -> new Mart(UNIFORM, -1)).hasMessageContaining("at least 0");
        assertThatThrownBy(() -> new Divergence(0, true, 0)).hasMessageContaining("greater than 0");
        assertThatThrownBy(() ->
                        new Iad2(TEACHER, TEACHER, UNIFORM, 1, 0.8f, 0.4f, 0.1f, 0, false, BatchNormStatistics.RUNNING))
                .hasMessageContaining("sum λ₁ + λ₂");
    }

    private static String trained(Method method) {
        return Trained.weights(method, DATA, PLAN);
    }
}
