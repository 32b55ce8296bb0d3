package ardent.spark;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ardent.attack.Fgsm;
import ardent.attack.Linf;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.elsewhere.Packing;
import ardent.elsewhere.Parcel;
import ardent.elsewhere.Parts;
import ardent.evaluate.Protocol;
import ardent.evaluate.Robustness;
import ardent.evaluate.Subject;
import ardent.network.Classifier;
import ardent.network.SmallCnn;
import ardent.progress.Work;
import ardent.train.Tasks;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two executors of this machine cost beyond their work: {@code mvn -Pbench -Dtest=SparkBench}. */
class SparkBench {
    private static final int CELLS = Integer.getInteger("bench.cells", 1000);
    private static final int IMAGES = Integer.getInteger("bench.images", 1_000_000);
    private static final int EXECUTORS = 2;
    private static final int MILLIS = 1000;

    @TempDir
    Path temp;

    /** A cell that takes a second of nobody's processor, so that what is beyond it is the cluster's. */
    record Pause(int number) implements Parcel.Contents {
        @Override
        public List<Origin> images() {
            return List.of();
        }

        @Override
        public Map<String, byte[]> run(Parcel parcel, Parcel.Place place) {
            try {
                Thread.sleep(MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Map.of("number", Parcel.bytes(Integer.toString(number)));
        }
    }

    /** The driver: what to measure. */
    public static void main(String[] args) {
        if (args[0].equals("pauses")) {
            pauses();
        } else {
            memory();
        }
        System.exit(0);
    }

    private static void pauses() {
        long start = System.nanoTime();
        SparkProgram.executors(EXECUTORS).workers(Tasks.silent(), workers -> {
            var packing = new Packing();
            Parts.run( // executors, engines and the handshake, once
                    workers,
                    IntStream.range(0, EXECUTORS),
                    i -> packing.pack("warm " + i, new Pause(i), Map.of()),
                    (i, result, place) -> true,
                    Tasks.silent());
            double warm = (System.nanoTime() - start) / 1e9;
            long begin = System.nanoTime();
            Parts.run(
                    workers,
                    IntStream.range(0, CELLS),
                    i -> packing.pack("cell " + i, new Pause(i), Map.of()),
                    (i, result, place) -> Parcel.text(Objects.requireNonNull(result.get("number")))
                            .equals(Integer.toString(i)),
                    Tasks.silent());
            double took = (System.nanoTime() - begin) / 1e9;
            double work = CELLS * MILLIS / 1000.0 / EXECUTORS;
            System.out.printf(
                    Locale.ROOT,
                    "MEASURED %d cells of 1 s on %d executors: %.1f s, of which %.1f s are work: %.2f %% beyond it;"
                            + " start %.1f s, once%n",
                    CELLS,
                    EXECUTORS,
                    took,
                    work,
                    100 * (took - work) / work,
                    warm);
            return took;
        });
    }

    /** Many images given in memory: what the driver holds beside them, at tenths of the way. */
    private static void memory() {
        var random = new SplittableRandom(0);
        byte[] pixels = new byte[IMAGES * 16];
        random.nextBytes(pixels);
        int[] labels = IntStream.range(0, IMAGES).map(i -> i % 4).toArray();
        Images images = Images.of("noise", pixels, labels, new Shape(1, 4, 4), List.of("a", "b", "c", "d"));
        try (Classifier network = Classifier.of(new SmallCnn(1), images.shape(), 4, 0)) {
            var heaps = new TreeMap<Long, Long>();
            long before = heap();
            var task = new Work.Task() {
                @Override
                public void report(String phase, long done, long total, Map<String, String> figures) {
                    long tenth = total == 0 ? 0 : 10 * done / total;
                    if (!heaps.containsKey(tenth)) {
                        heaps.put(tenth, heap() - before);
                    }
                }

                @Override
                public boolean stopping() {
                    return false;
                }
            };
            Robustness measured = SparkProgram.executors(EXECUTORS)
                    .workers(
                            task,
                            workers -> Robustness.measure(
                                    List.of(Subject.of(network)),
                                    images,
                                    List.of(new Fgsm(new Linf(0.1f))),
                                    new Protocol(500, 0, false),
                                    workers,
                                    task,
                                    with -> {}));
            System.out.printf(
                    Locale.ROOT,
                    "MEASURED %d images, clean %.2f %%: MB of heap beyond images and start, by tenths of the way: %s%n",
                    IMAGES,
                    100 * measured.outcomes().get(0).clean().rate(),
                    heaps.values().stream().map(bytes -> bytes >> 20).toList());
        }
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private String measured(String what) throws Exception {
        SparkProgram driver = SparkProgram.start(temp, SparkBench.class, what);
        assertThat(driver.end()).as(driver::log).isZero();
        String line = driver.log()
                .lines()
                .filter(each -> each.startsWith("MEASURED"))
                .findFirst()
                .orElseThrow();
        System.out.println(line);
        return line;
    }

    @Test
    void aThousandCellsOfASecond() throws Exception {
        String line = measured("pauses");
        double beyond = Double.parseDouble(line.replaceAll(".* work: ([-0-9.]+) % beyond.*", "$1"));
        assertThat(beyond).isLessThan(5);
    }

    /** Some 8 bytes an image stay: its classes, clean and under attack. */
    @Test
    void theDriversMemoryDoesNotGrowWithTheImagesThatWereSent() throws Exception {
        String line = measured("memory");
        int[] heaps = Stream.of(line.replaceAll(".*\\[(.*)\\]", "$1").split(", "))
                .mapToInt(Integer::parseInt)
                .toArray();
        long kept = 4L * 2 * IMAGES >> 20;
        assertThat(heaps[heaps.length - 1] - heaps[0]).isLessThanOrEqualTo((int) (2 * kept + 24));
    }
}
