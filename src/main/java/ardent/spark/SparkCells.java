package ardent.spark;

import ardent.grid.CellOrder;
import ardent.grid.CellWorkers;
import ardent.provenance.Environment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** The driver's half: hands cells to executors, one job each, and hears where they are begun. */
final class SparkCells implements CellWorkers, AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final long GLANCE_MILLIS = 100;
    private static final String GROUP = "spark.jobGroup.id";

    private final Spark spark;
    private final JavaSparkContext context;
    private final Map<String, Broadcast<byte[]>> shared = new HashMap<>();
    private final List<Future<?>> out = new ArrayList<>();
    private final Map<String, Consumer<String>> places = new ConcurrentHashMap<>();
    private int number;

    SparkCells(Spark spark) {
        this.spark = spark;
        var conf = new SparkConf();
        SparkSettings.of(spark).forEach(conf::set);
        context = new JavaSparkContext(conf);
        context.sc().addSparkListener(new Places(places));
    }

    @Override
    public Optional<Future<Map<String, byte[]>>> fill(CellOrder order, Consumer<String> place) {
        if (number == 0) {
            shakeHands(order);
        }
        out.removeIf(Future::isDone);
        if (out.size() >= 2 * Math.max(1, executors())) { // as many wait as are filled, so that nobody is idle
            return Optional.empty();
        }
        String group = "cell " + ++number;
        places.put(group, place);
        Broadcast<Map<String, byte[]>> run =
                order.run().isEmpty() ? null : context.broadcast(new HashMap<>(order.run()));
        context.setJobGroup(group, order.name());
        var files = new Files(context.parallelize(List.of(order.cell()), 1)
                .map(new CellTask(order.name(), broadcast(order), run, Environment.version()))
                .collectAsync());
        out.add(files);
        return Optional.of(files);
    }

    /** What several cells share goes to each executor once. */
    private Map<String, Broadcast<byte[]>> broadcast(CellOrder order) {
        var all = new HashMap<String, Broadcast<byte[]>>();
        order.shared()
                .forEach(
                        (name, bytes) -> all.put(name, shared.computeIfAbsent(name, none -> context.broadcast(bytes))));
        return all;
    }

    /** All but the driver's own place. */
    private int executors() {
        return context.statusTracker().getExecutorInfos().length - 1;
    }

    /** Waits for the executors, and asks each whether it can take part. */
    private void shakeHands(CellOrder order) {
        int wanted = Math.max(1, spark.executors());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (executors() < wanted) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Of " + spark.master() + " came " + executors() + " executors within "
                        + PATIENCE_SECONDS + " seconds, and " + wanted
                        + " are wanted: see that its workers run, that each has "
                        + spark.threads() + " threads and " + spark.memory() + " MB free, and that its Spark is "
                        + context.version() + " too.");
            }
            pause();
        }
        int all = executors();
        List<String> refusals = context.parallelize(
                        IntStream.range(0, all).boxed().toList(), all)
                .map(new Handshake(order.name(), order.cell(), broadcast(order), Environment.version()))
                .collect();
        refusals.stream().filter(refusal -> !refusal.isEmpty()).findFirst().ifPresent(refusal -> {
            throw new IllegalArgumentException(refusal + " Nothing was begun.");
        });
    }

    private static void pause() {
        try {
            Thread.sleep(GLANCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        context.close();
    }

    /** Hears on which executor each cell is begun. */
    private static final class Places extends SparkListener {
        private final Map<String, Consumer<String>> byGroup;
        private final Map<Integer, Consumer<String>> byStage = new ConcurrentHashMap<>();

        Places(Map<String, Consumer<String>> byGroup) {
            this.byGroup = byGroup;
        }

        @Override
        public void onStageSubmitted(SparkListenerStageSubmitted stage) {
            String group = stage.properties().getProperty(GROUP, "");
            Consumer<String> place = byGroup.get(group);
            if (place != null) {
                byStage.put(stage.stageInfo().stageId(), place);
            }
        }

        @Override
        public void onTaskStart(SparkListenerTaskStart task) {
            Consumer<String> place = byStage.get(task.stageId());
            if (place != null) {
                place.accept("executor " + task.taskInfo().executorId() + " on "
                        + task.taskInfo().host());
            }
        }
    }

    /** The files of one cell, once its job is done. */
    private record Files(JavaFutureAction<List<Map<String, byte[]>>> job) implements Future<Map<String, byte[]>> {
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            return job.cancel(mayInterruptIfRunning);
        }

        @Override
        public boolean isCancelled() {
            return job.isCancelled();
        }

        @Override
        public boolean isDone() {
            return job.isDone();
        }

        @Override
        public Map<String, byte[]> get() throws InterruptedException, ExecutionException {
            try {
                return job.get().get(0);
            } catch (ExecutionException e) {
                throw shortened(e);
            }
        }

        @Override
        public Map<String, byte[]> get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            try {
                return job.get(timeout, unit).get(0);
            } catch (ExecutionException e) {
                throw shortened(e);
            }
        }

        /** Without the traces of all attempts. */
        private static ExecutionException shortened(ExecutionException e) {
            String message = String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
            return new ExecutionException(
                    new SparkException(message.lines().findFirst().orElse("without a word"), e));
        }
    }
}
