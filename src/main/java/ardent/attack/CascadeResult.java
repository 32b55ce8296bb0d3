package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.attack.check.AccuracyChecks;
import ardent.provenance.Arguments;
import ardent.provenance.Numbers;
import ardent.tensor.Tape;
import ardent.tensor.Torch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What a cascade found: accuracy after every stage, what broke each image and how, what it cost, what to doubt. */
public final class CascadeResult {
    /** In place of a stage: nothing broke the image. */
    public static final int ROBUST = -1;

    private final String attack;
    private final List<Stage> stages;
    private final int[] brokenBy;
    private final SortedMap<Integer, float[]> adversarial;
    private final List<Warning> warnings;

    /**
     * What the stages gave.
     *
     * @param attack what ran, by name
     * @param stages the clean pass and then every attack
     * @param brokenBy for each image the stage that broke it, or {@link #ROBUST}
     * @param adversarial pixels of the images that an attack broke, by their place
     * @param warnings reasons to doubt the accuracy
     */
    public CascadeResult(
            String attack,
            List<Stage> stages,
            int[] brokenBy,
            SortedMap<Integer, float[]> adversarial,
            List<Warning> warnings) {
        this.attack = attack;
        this.stages = List.copyOf(stages);
        this.brokenBy = brokenBy.clone();
        this.adversarial = Collections.unmodifiableSortedMap(new TreeMap<>(adversarial));
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Results of parts of some images as one of all of them.
     *
     * @param parts results of the same attack on the same network, at least one, in the order of the images
     * @param attacks its stages after the clean pass
     * @return the same as of all at once, but for costs and times, which are sums
     */
    public static CascadeResult joined(List<CascadeResult> parts, List<Attack> attacks) {
        List<Attack> all = Arguments.all("attacks", attacks);
        CascadeResult first = Arguments.all("parts", parts).get(0);
        var brokenBy = new ArrayList<Integer>();
        var adversarial = new TreeMap<Integer, float[]>();
        var numbers = new LinkedHashMap<Warning.Code, Double>();
        for (CascadeResult part : parts) {
            int before = brokenBy.size();
            part.adversarial.forEach((row, pixels) -> adversarial.put(before + row, pixels));
            IntStream.of(part.brokenBy).forEach(brokenBy::add);
            for (Warning warning : part.warnings) {
                boolean counts = warning.code() == Warning.Code.OUTSIDE || warning.code() == Warning.Code.UNSTABLE;
                numbers.merge(warning.code(), warning.number(), counts ? Double::sum : Math::max);
            }
        }
        var stages = new ArrayList<Stage>();
        for (int i = 0; i < first.stages.size(); i++) {
            int at = i;
            List<Stage> same = parts.stream().map(part -> part.stages.get(at)).toList();
            int correct = same.stream().mapToInt(Stage::correct).sum();
            stages.add(new Stage(
                    same.get(0).name(),
                    correct,
                    (double) correct / brokenBy.size(),
                    same.stream().map(Stage::cost).reduce(Cost.NONE, Cost::plus),
                    same.stream().map(Stage::time).reduce(Duration.ZERO, Duration::plus)));
        }
        all.forEach(attack -> attack.wins().ifPresent(numbers::remove)); // a share of all images
        var warnings = new ArrayList<Warning>();
        numbers.forEach((code, number) -> warnings.add(new Warning(code, number)));
        warnings.addAll(AccuracyChecks.after(stages, tried(all)));
        int[] broken = brokenBy.stream().mapToInt(Integer::intValue).toArray();
        return new CascadeResult(first.attack, stages, broken, adversarial, warnings);
    }

    /**
     * What checks of accuracies have to know of attacks.
     *
     * @param attacks the attacks
     * @return one for each
     */
    public static List<AccuracyChecks.Tried> tried(List<? extends Attack> attacks) {
        return Arguments.all("attacks", attacks).stream()
                .map(attack -> new AccuracyChecks.Tried(attack.wins(), attack.oneStep()))
                .toList();
    }

    /**
     * What ran, by name.
     *
     * @return for example {@code AutoAttack}
     */
    public String attack() {
        return attack;
    }

    /**
     * The clean pass and then every attack.
     *
     * @return at least one stage
     */
    public List<Stage> stages() {
        return stages;
    }

    /**
     * The stage that broke each image: 0 for those the network gets wrong by itself, {@link #ROBUST} for none.
     *
     * @return one number for each image
     */
    public int[] brokenBy() {
        return brokenBy.clone();
    }

    /**
     * Whether each image remains correctly classified.
     *
     * @return one flag for each image
     */
    public boolean[] robust() {
        boolean[] robust = new boolean[brokenBy.length];
        for (int i = 0; i < robust.length; i++) {
            robust[i] = brokenBy[i] == ROBUST;
        }
        return robust;
    }

    /**
     * The share of images that remain correctly classified.
     *
     * @return in [0, 1]
     */
    public double accuracy() {
        return stages.get(stages.size() - 1).accuracy();
    }

    /**
     * Reasons to doubt the accuracy.
     *
     * @return none if the checks found nothing
     */
    public List<Warning> warnings() {
        return warnings;
    }

    /**
     * What all stages asked of the network.
     *
     * @return the sum
     */
    public Cost cost() {
        return stages.stream().map(Stage::cost).reduce(Cost.NONE, Cost::plus);
    }

    /**
     * The adversarial images.
     *
     * @param clean the images that were attacked
     * @return new images: adversarial where an attack succeeded, clean elsewhere
     */
    public NDArray adversarial(NDArray clean) {
        return adversarial(clean, 0);
    }

    /**
     * The adversarial images of a part.
     *
     * @param clean some of the images that were attacked, one after another
     * @param first which of all is the first of them
     * @return new images: adversarial where an attack succeeded, clean elsewhere
     */
    public NDArray adversarial(NDArray clean, int first) {
        float[] images = Tape.read(clean::toFloatArray);
        int end = first + Math.toIntExact(clean.getShape().get(0));
        adversarial
                .subMap(first, end)
                .forEach((row, pixels) ->
                        System.arraycopy(pixels, 0, images, (row - first) * pixels.length, pixels.length));
        return Torch.array(images, clean.getShape());
    }

    @Override
    public String toString() {
        var text = new StringBuilder(attack);
        text.append(String.format(
                Locale.ROOT,
                ": %s %% of %d images remain correctly classified%n",
                Numbers.percent(accuracy(), brokenBy.length),
                brokenBy.length));
        for (Stage stage : stages) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %-12s %6s %%  %,9d forwards  %,9d backwards  %8.1f s%n",
                    stage.name(),
                    Numbers.percent(stage.accuracy(), brokenBy.length),
                    stage.cost().forwards(),
                    stage.cost().backwards(),
                    stage.time().toMillis() / 1000.0));
        }
        warnings.forEach(warning -> text.append("  ").append(warning).append(System.lineSeparator()));
        return text.toString();
    }
}
