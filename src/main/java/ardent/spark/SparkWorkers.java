package ardent.spark;

import ardent.elsewhere.Parcel;
import ardent.elsewhere.Workers;
import ardent.provenance.Environment;
import ardent.provenance.Folder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.jspecify.annotations.Nullable;

/** The driver's half: hands works to executors, one job each, and hears where they are begun. */
final class SparkWorkers implements Workers, AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final long GLANCE_MILLIS = 100;
    private static final String GROUP = "spark.jobGroup.id";

    private final Spark spark;
    private final JavaSparkContext context;
    private final Map<String, Broadcast<byte[]>> shared = new HashMap<>();
    private final List<Result> out = new ArrayList<>();
    private final Map<String, Consumer<String>> places = new ConcurrentHashMap<>();
    private int number;
    private boolean came;

    SparkWorkers(Spark spark) {
        this.spark = spark;
        var conf = new SparkConf();
        SparkSettings.of(spark).forEach(conf::set);
        context = new JavaSparkContext(conf);
        context.sc().addSparkListener(new Places(places));
    }

    @Override
    public Optional<Future<Map<String, byte[]>>> take(Parcel parcel, Consumer<String> place) {
        out.stream().filter(Result::isDone).forEach(this::forget);
        out.removeIf(Result::isDone);
        if (number > 0
                && out.size() >= 2 * Math.max(1, executors())) { // as many wait as are done, so that nobody is idle
            return Optional.empty();
        }
        if (number == 0) {
            awaitExecutors();
        }
        Broadcast<Map<String, byte[]>> own =
                parcel.own().isEmpty() ? null : context.broadcast(new HashMap<>(parcel.own()));
        var task = new ParcelTask(parcel.name(), broadcast(parcel), own, Environment.version());
        if (number == 0) {
            shakeHands(task, parcel.json());
        }
        String group = "work " + ++number;
        places.put(group, place);
        context.setJobGroup(group, parcel.name());
        var result = new Result(
                group,
                own,
                context.parallelize(List.of(parcel.json()), 1).map(task).collectAsync());
        out.add(result);
        return Optional.of(result);
    }

    /** What a work needed alone is freed, here and on the executors. */
    private void forget(Result done) {
        places.remove(done.group());
        if (done.own() != null) {
            done.own().destroy();
        }
    }

    /** What several works share goes to each executor once. */
    private Map<String, Broadcast<byte[]>> broadcast(Parcel parcel) {
        var all = new HashMap<String, Broadcast<byte[]>>();
        parcel.shared()
                .forEach(
                        (name, bytes) -> all.put(name, shared.computeIfAbsent(name, none -> context.broadcast(bytes))));
        return all;
    }

    /** All but the driver's own place. */
    private int executors() {
        return context.statusTracker().getExecutorInfos().length - 1;
    }

    private void awaitExecutors() {
        int wanted = Math.max(1, spark.executors());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            if (context.sc().isStopped()) {
                throw new IllegalStateException(spark.master()
                        + " did not accept this program: see that its master runs there, that its Spark is "
                        + context.version() + " too, and that the environment variable " + SparkSettings.SECRET
                        + " here has the secret of its conf/spark-defaults.conf.");
            }
            if (executors() >= wanted) {
                came = true;
                return;
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Of " + spark.master() + " came " + executors() + " executors within "
                        + PATIENCE_SECONDS + " seconds, and " + wanted
                        + " are wanted: see that its workers run, that each has "
                        + spark.threads() + " threads and " + spark.memory() + " MB free, and that its Spark is "
                        + context.version() + " too.");
            }
            pause();
        }
    }

    /** Asks each executor whether it can take part. */
    private void shakeHands(ParcelTask task, String json) {
        int all = executors();
        List<String> refusals = context.parallelize(
                        IntStream.range(0, all).boxed().toList(), all)
                .map(new Handshake(task, json))
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

    /** Executors of this machine leave logs, which are kept only if they did not come. */
    @Override
    public void close() {
        String application = context.sc().applicationId();
        context.close();
        if (spark.master().equals(Spark.LOCAL) && came) {
            Path logs = Path.of(System.getenv().getOrDefault("SPARK_HOME", "."), "work", application);
            for (int i = 0; i < PATIENCE_SECONDS && !removed(logs); i++) {
                pause();
            }
        }
    }

    /** False while an executor is ending that writes there. */
    private static boolean removed(Path logs) {
        try {
            Folder.remove(logs);
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** Hears on which executor each work is begun. */
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
        public void onStageCompleted(SparkListenerStageCompleted stage) {
            byStage.remove(stage.stageInfo().stageId());
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

    /** What comes of one work, once its job is done. */
    private record Result(
            String group, @Nullable Broadcast<Map<String, byte[]>> own, JavaFutureAction<List<Map<String, byte[]>>> job)
            implements Future<Map<String, byte[]>> {
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
            String words = message.lines()
                    .takeWhile(line -> !line.startsWith("\tat "))
                    .filter(line -> !line.isBlank())
                    .collect(Collectors.joining(" "));
            return new ExecutionException(new SparkException(words, e));
        }
    }
}
