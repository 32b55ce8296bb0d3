package ardent.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ardent.network.Precision;
import ardent.provenance.Description;
import ardent.train.Schedule.Constant;
import ardent.train.Schedule.Cosine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Plan ODD = new Plan(
            7,
            3,
            0.02f,
            0.5f,
            true,
            1e-3f,
            new Constant(),
            0.25f,
            2,
            11,
            false,
            5,
            Averaging.ema(0.995),
            new Perturbation.Awp(0.005, 10),
            4,
            3,
            Precision.FLOAT32);

    /** Whole epochs done → rate, as the authors' code has it. */
    private static void assertRates(Plan plan, int epochs, double decay, Map<Integer, Double> rates) {
        assertThat(plan.epochs()).isEqualTo(epochs);
        assertThat(plan.batchSize()).isEqualTo(128);
        assertThat(plan.momentum()).isEqualTo(0.9f);
        assertThat(plan.nesterov()).isFalse();
        assertThat(plan.decay()).isEqualTo((float) decay);
        rates.forEach((done, rate) -> {
            assertThat(plan.rateAt(done)).as("after %d epochs", done).isCloseTo(rate, within(rate * 1e-6));
            assertThat(plan.rateAt(done + 0.999)).as("late in that epoch").isCloseTo(rate, within(rate * 1e-6));
        });
    }

    @Test
    void presetsFollowThePublishedSchedules() {
        var rslad = Map.of(0, 0.1, 214, 0.1, 215, 0.01, 259, 0.01, 260, 1e-3, 284, 1e-3, 285, 1e-4, 299, 1e-4);
        assertRates(Plan.rslad(), 300, 2e-4, rslad);
        assertThat(Plan.paper()).isEqualTo(Plan.rslad());
        assertThat(Plan.mtard()).isEqualTo(Plan.rslad());
        assertRates(Plan.ard(), 200, 2e-4, Map.of(0, 0.1, 99, 0.1, 100, 0.01, 150, 0.01, 199, 0.01));
        assertThat(Plan.iad()).isEqualTo(Plan.ard());
        var half = Map.of(0, 0.1, 99, 0.1, 100, 0.01, 149, 0.01, 150, 1e-3, 199, 1e-3);
        assertRates(Plan.adaad(), 200, 5e-4, half);
        assertRates(Plan.saad(), 200, 2e-4, half);
        assertThat(Plan.saad().averaging()).isEqualTo(new Averaging.Swa(95));
        assertRates(Plan.sat(), 110, 5e-4, Map.of(0, 0.1, 99, 0.1, 100, 0.01, 104, 0.01, 105, 1e-3, 109, 1e-3));
        assertRates(Plan.trades(), 76, 2e-4, Map.of(0, 0.1, 73, 0.1, 74, 0.01, 75, 0.01));
        assertRates(Plan.trades().epochs(120), 120, 2e-4, Map.of(88, 0.01, 89, 1e-3, 99, 1e-4));
        assertRates(Plan.mart(), 120, 3.5e-3, Map.of(73, 0.01, 74, 1e-3, 89, 1e-4, 98, 1e-4, 99, 1e-5, 119, 1e-5));
    }

    @Test
    void quickRisesAndFalls() {
        Plan quick = Plan.quick();
        assertThat(quick.rateAt(0)).isZero();
        assertThat(quick.rateAt(0.25)).isCloseTo(quick.rate() / 2, within(0.01));
        assertThat(quick.rateAt(2.5)).isCloseTo(quick.rate() / 2, within(1e-7));
        assertThat(quick.constant().rateAt(2)).isCloseTo(0.1, within(1e-7));
    }

    @Test
    void aWarmUpWithinTheFirstStepIsNone() {
        Plan quick = Plan.quick();
        assertThat(quick.rateAt(1, 0, 1)).isEqualTo(quick.rate());
        assertThat(quick.rateAt(1, 0, 2)).isEqualTo(quick.rate());
        assertThat(quick.rateAt(1, 0, 3)).isZero();
        for (int step = 0; step < 100; step++) {
            assertThat(quick.rateAt(2, step, 100)).isEqualTo(quick.rateAt(1 + step / 100.0));
            assertThat(quick.rateAt(1, step, 100)).isEqualTo(quick.rateAt(step / 100.0));
        }
    }

    @Test
    void aTriedPlanTrainsInOneEpochWhateverItsPlanBeginsLate() {
        Plan late = Plan.saad()
                .validation(1000)
                .perturbation(new Perturbation.Awp(0.005, 10))
                .patience(3);
        Plan tried = late.tried(40);
        tried.requireTrains(100);
        assertThat(tried.epochs()).isEqualTo(1);
        assertThat(tried.validation()).isEqualTo(40);
        assertThat(tried.averaging()).isEqualTo(Averaging.swa(1));
        assertThat(tried.perturbation()).isEqualTo(Perturbation.awp(0.005));
        assertThat(Plan.quick().versions(4).tried(0).versions()).isZero(); // one epoch keeps none
        assertThat(Plan.sat().tried(0))
                .as("its rate drops at once, and not long after its end")
                .isEqualTo(Plan.sat().epochs(1).validation(0).schedule(new Schedule.Drops(List.of(1))));
        assertThat(Plan.quick().averaging(Averaging.ema(0.995)).tried(0).averaging())
                .as("an average that forgets within its epoch")
                .isEqualTo(Averaging.ema(0));
    }

    @Test
    void eachWitherChangesItsComponentAndNoOther() {
        var changed = new LinkedHashMap<String, Plan>();
        changed.put("epochs", ODD.epochs(8));
        changed.put("batchSize", ODD.batchSize(4));
        changed.put("rate", ODD.rate(0.03));
        changed.put("decay", ODD.decay(0));
        changed.put("schedule", ODD.schedule(new Cosine()));
        changed.put("clip", ODD.clip(1));
        changed.put("validation", ODD.validation(12));
        changed.put("seed", ODD.seed(6));
        changed.put("averaging", ODD.averaging(Averaging.none()));
        changed.put("perturbation", ODD.perturbation(Perturbation.none()));
        changed.put("patience", ODD.patience(0));
        changed.put("precision", ODD.precision(Precision.BFLOAT16));
        var before = Description.of(ODD).flat();
        changed.forEach((name, plan) -> Description.of(plan).flat().forEach((path, value) -> {
            if (path.equals(name)) {
                assertThat(value).as(path).isNotEqualTo(before.get(path));
            } else if (!path.startsWith(name + ".")) {
                assertThat(value).as(path).isEqualTo(before.get(path));
            }
        }));
    }

    @Test
    void plansOfTwelveComponentsHaveNoExtrasAndAllPlansSurviveDescription() {
        Plan plain = new Plan(5, 64, 0.1f, 0.9f, true, 5e-4f, new Cosine(), 0.5f, 0, 500, true, 0);
        assertThat(plain).isEqualTo(Plan.quick());
        assertThat(plain.averaging()).isEqualTo(Averaging.none());
        assertThat(plain.perturbation()).isEqualTo(Perturbation.none());
        assertThat(plain.patience()).isZero();
        assertThat(plain.precision()).isEqualTo(Precision.FLOAT32);
        for (Plan plan : new Plan[] {plain, ODD, Plan.saad(), Plan.rslad()}) {
            String json = Description.of(plan).json();
            assertThat(Description.parse(json).rebuild()).isEqualTo(plan);
        }
    }

    @Test
    void extrasRefuseNonsenseInOneSentence() {
        assertThatThrownBy(() -> Averaging.ema(1)).hasMessageContaining("decay in [0, 1), not 1.0");
        assertThatThrownBy(() -> Averaging.ema(Double.NaN)).hasMessageContaining("decay in [0, 1)");
        assertThatThrownBy(() -> Averaging.swa(0)).hasMessageContaining("counted from 1, not 0");
        assertThatThrownBy(() -> Perturbation.awp(-1)).hasMessageContaining("γ of AWP is at least 0");
        assertThatThrownBy(() -> new Perturbation.Awp(0.1, 0)).hasMessageContaining("counted from 1, not 0");
        assertThatThrownBy(() -> ODD.patience(-1)).hasMessageContaining("patience of at least 0");
        assertThatThrownBy(() -> ODD.validation(0)).hasMessageContaining("Patience judges epochs by validation images");
    }
}
