package ardent.evaluate;

import ardent.attack.Attack;
import ardent.attack.CascadeResult;
import ardent.attack.MaskingChecks;
import ardent.attack.Stage;
import ardent.attack.StagedAttack;
import ardent.attack.Warning;
import ardent.elsewhere.Parcel;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What a network does with some of the images of an evaluation, or with all of them.
 *
 * @param before classes predicted without an attack
 * @param checks of the network itself, where the first batch is among the images
 * @param attacks the results of each attack
 * @param environment with what it was measured
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record MeasuredPart(int[] before, MaskingChecks checks, List<Attacked> attacks, Environment environment) {
    private static final String TOLD = "told";
    private static final String BEFORE = "before";

    /**
     * The results of one attack.
     *
     * @param after classes predicted under it
     * @param found what is known of it besides
     * @param examples images to show
     * @param first pixels of the first batch; none where it is not among the images
     */
    record Attacked(int[] after, Found found, List<ExampleImage.Pair> examples, float[] first) {}

    /**
     * What was found of an attack.
     *
     * @param distances how far it went
     * @param findings of independent checks
     * @param warnings that showed while it ran
     * @param stages of a cascade
     * @param time how long it took
     */
    record Found(
            Score.Distances distances,
            List<Finding> findings,
            List<Warning> warnings,
            List<Stage> stages,
            Duration time) {}

    /** What travels as JSON; the images shown are named by their places. */
    record Told(MaskingChecks checks, List<Found> found, List<List<Integer>> shown, Environment environment) {}

    /**
     * The parts of the images, one after another, as one; checks and environment are the first one's.
     *
     * @param classes number of classes, by which cascades choose their stages
     */
    static MeasuredPart joined(List<MeasuredPart> parts, List<Attack> tried, int classes) {
        MeasuredPart first = parts.get(0);
        int[] before =
                parts.stream().flatMapToInt(part -> Arrays.stream(part.before)).toArray();
        var attacks = new ArrayList<Attacked>();
        for (int a = 0; a < first.attacks.size(); a++) {
            int at = a;
            List<Attack> stages = tried.get(a) instanceof StagedAttack staged ? staged.attacks(classes) : List.of();
            attacks.add(
                    attacked(parts.stream().map(part -> part.attacks.get(at)).toList(), stages));
        }
        return new MeasuredPart(before, first.checks, attacks, first.environment);
    }

    private static Attacked attacked(List<Attacked> parts, List<Attack> stages) {
        var examples = new ArrayList<ExampleImage.Pair>();
        var findings = new EnumMap<Finding.Code, Finding>(Finding.Code.class);
        var cascades = new ArrayList<CascadeResult>();
        Duration time = Duration.ZERO;
        int count = 0;
        for (Attacked part : parts) {
            for (ExampleImage.Pair pair : part.examples) {
                examples.add(new ExampleImage.Pair(count + pair.index(), pair.clean(), pair.adversarial()));
            }
            part.found.findings.forEach(each -> findings.merge(each.code(), each, Finding::and));
            cascades.add(new CascadeResult(
                    "", part.found.stages, new int[part.after.length], new TreeMap<>(), part.found.warnings));
            time = time.plus(part.found.time);
            count += part.after.length;
        }
        CascadeResult cascade = CascadeResult.joined(cascades, stages);
        var distances = new Score.Distances(
                largest(parts, part -> part.found.distances.linf()), largest(parts, part -> part.found.distances.l2()));
        var found = new Found(distances, List.copyOf(findings.values()), cascade.warnings(), cascade.stages(), time);
        int[] after =
                parts.stream().flatMapToInt(part -> Arrays.stream(part.after)).toArray();
        return new Attacked(after, found, examples, parts.get(0).first);
    }

    private static double largest(List<Attacked> parts, ToDoubleFunction<Attacked> distance) {
        return parts.stream().mapToDouble(distance).max().orElse(0);
    }

    /** All of it as bytes. */
    Map<String, byte[]> bytes() {
        var bytes = new LinkedHashMap<String, byte[]>();
        List<List<Integer>> shown = attacks.stream()
                .map(each ->
                        each.examples.stream().map(ExampleImage.Pair::index).toList())
                .toList();
        var told = new Told(checks, attacks.stream().map(Attacked::found).toList(), shown, environment);
        bytes.put(TOLD, Parcel.bytes(Description.of(told).json()));
        bytes.put(BEFORE, ints(before));
        for (int a = 0; a < attacks.size(); a++) {
            Attacked each = attacks.get(a);
            bytes.put("after " + a, ints(each.after));
            bytes.put("first " + a, floats(each.first));
            for (ExampleImage.Pair pair : each.examples) {
                bytes.put("clean " + a + " " + pair.index(), floats(pair.clean()));
                bytes.put("adversarial " + a + " " + pair.index(), floats(pair.adversarial()));
            }
        }
        return bytes;
    }

    /** The same again, from {@link #bytes}. */
    static MeasuredPart of(Map<String, byte[]> bytes) {
        var told = (Told) Description.parse(Parcel.text(get(bytes, TOLD))).rebuild();
        var attacks = new ArrayList<Attacked>();
        for (int a = 0; a < told.found.size(); a++) {
            var examples = new ArrayList<ExampleImage.Pair>();
            for (int index : told.shown.get(a)) {
                examples.add(new ExampleImage.Pair(
                        index,
                        floats(get(bytes, "clean " + a + " " + index)),
                        floats(get(bytes, "adversarial " + a + " " + index))));
            }
            attacks.add(new Attacked(
                    ints(get(bytes, "after " + a)), told.found.get(a), examples, floats(get(bytes, "first " + a))));
        }
        return new MeasuredPart(ints(get(bytes, BEFORE)), told.checks, attacks, told.environment);
    }

    private static byte[] get(Map<String, byte[]> bytes, String name) {
        return Objects.requireNonNull(bytes.get(name), name);
    }

    private static byte[] ints(int[] numbers) {
        var bytes = ByteBuffer.allocate(Integer.BYTES * numbers.length);
        bytes.asIntBuffer().put(numbers);
        return bytes.array();
    }

    private static int[] ints(byte[] bytes) {
        int[] numbers = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).asIntBuffer().get(numbers);
        return numbers;
    }

    private static byte[] floats(float[] numbers) {
        var bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }

    private static float[] floats(byte[] bytes) {
        float[] numbers = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(numbers);
        return numbers;
    }
}
