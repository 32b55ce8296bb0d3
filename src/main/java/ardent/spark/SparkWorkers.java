package ardent.spark;

import ardent.elsewhere.Parcel;
import ardent.elsewhere.Workers;
import ardent.progress.Work;
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

/** The driver's half: hands works to executors, one job each, and learns where they are begun. */
final class SparkWorkers implements Workers, AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final long GLANCE_MILLIS = 100;
    private static final String GROUP = "spark.jobGroup.id";

    private final Spark spark;
    private final Work.Task task;
    private final Map<String, Broadcast<byte[]>> shared = new HashMap<>();
    private final List<Result> out = new ArrayList<>();
    private final Map<String, Consumer<String>> places = new ConcurrentHashMap<>();
    private @Nullable JavaSparkContext context;
    private int number;
    private boolean came;

    SparkWorkers(Spark spark, Work.Task task) {
        this.spark = spark;
        this.task = task;
    }

    /** Starts this program's part of the cluster where there is work for it. */
    private JavaSparkContext started() {
        if (context == null) {
            task.report("starting " + spark.master(), 0, 0, Map.of());
            var conf = new SparkConf();
            SparkSettings.of(spark).forEach(conf::set);
            try {
                context = new JavaSparkContext(conf);
            } catch (Exception e) { // Scala declares none
                String jar = spark.master().startsWith("k8s:")
                        ? " For Kubernetes spark-kubernetes_2.13 and its libraries are needed beside Spark's jars."
                        : "";
                throw new IllegalStateException(
                        "Spark did not start with " + spark.master() + ": " + words(e) + jar, e);
            }
            context.sc().addSparkListener(new Places(places));
        }
        return context;
    }

    @Override
    public Optional<Future<Map<String, byte[]>>> take(Parcel parcel, Consumer<String> place) {
        out.stream().filter(Result::isDone).forEach(this::forget);
        out.removeIf(Result::isDone);
        if (number > 0
                && out.size() >= 2 * Math.max(1, executors())) { // as many wait as are done, so that nobody is idle
            return Optional.empty();
        }
        if (number == 0 && !executorsCame()) {
            return Optional.empty();
        }
        JavaSparkContext context = started();
        Broadcast<Map<String, byte[]>> own =
                parcel.own().isEmpty() ? null : context.broadcast(new HashMap<>(parcel.own()));
        var work = new ParcelTask(parcel.name(), broadcast(parcel), own, Environment.version());
        if (number == 0 && !shookHands(work, parcel.json())) {
            return Optional.empty();
        }
        String group = "work " + ++number;
        places.put(group, place);
        context.setJobGroup(group, parcel.name());
        var result = new Result(
                group,
                own,
                context.parallelize(List.of(parcel.json()), 1).map(work).collectAsync());
        out.add(result);
        return Optional.of(result);
    }

    @Override
    public int slots() {
        return Math.max(1, spark.executors());
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
                .forEach((name, bytes) -> all.put(
                        name, shared.computeIfAbsent(name, none -> started().broadcast(bytes))));
        return all;
    }

    /** All but the driver's own place. */
    private int executors() {
        return started().statusTracker().getExecutorInfos().length - 1;
    }

    /** Waits for them; false if it was told to stop. */
    private boolean executorsCame() {
        JavaSparkContext context = started();
        int wanted = Math.max(1, spark.executors());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!task.stopping()) {
            if (context.sc().isStopped()) {
                throw new IllegalStateException(spark.master()
                        + " did not accept this program: see that its master runs there, that its Spark is "
                        + context.version() + " too, and that the environment variable " + SparkSettings.SECRET
                        + " here has the secret of its conf/spark-defaults.conf.");
            }
            int here = executors();
            if (here >= wanted) {
                came = true;
                return true;
            }
            task.report("waiting for executors, " + here + " of " + wanted + " came", 0, 0, Map.of());
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Of " + spark.master() + " came " + executors() + " executors within "
                        + PATIENCE_SECONDS + " seconds, and " + wanted
                        + " are wanted: see that its workers run, that each has "
                        + spark.threads() + " threads and " + spark.memory() + " MB free, and that its Spark is "
                        + context.version() + " too."
                        + (spark.master().equals(Spark.LOCAL) ? " Their words are in " + logs(context) + "." : ""));
            }
            pause();
        }
        return false;
    }

    /** Asks each executor whether it can take part; false if it was told to stop. */
    private boolean shookHands(ParcelTask work, String json) {
        int all = executors();
        JavaFutureAction<List<String>> asked = started()
                .parallelize(IntStream.range(0, all).boxed().toList(), all)
                .map(new Handshake(work, json))
                .collectAsync();
        while (!asked.isDone()) {
            if (task.stopping()) {
                asked.cancel(true);
                return false;
            }
            pause();
        }
        List<String> refusals;
        try {
            refusals = asked.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "The executors could not begin: each needs this version of the kit and its libraries on its class"
                            + " path. Nothing was begun. " + words(e),
                    e);
        }
        refusals.stream().filter(refusal -> !refusal.isEmpty()).findFirst().ifPresent(refusal -> {
            throw new IllegalArgumentException(refusal + " Nothing was begun.");
        });
        return true;
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
        if (context == null) {
            return;
        }
        Path logs = logs(context);
        context.close();
        if (spark.master().equals(Spark.LOCAL) && came) {
            for (int i = 0; i < PATIENCE_SECONDS && !removed(logs); i++) {
                pause();
            }
        }
    }

    private static Path logs(JavaSparkContext context) {
        String home = System.getenv().getOrDefault("SPARK_HOME", ".");
        return Path.of(home, "work", context.sc().applicationId());
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

    /** What Spark says, in one line and without the traces of all attempts. */
    private static String words(Exception e) {
        Throwable said = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return String.valueOf(said.getMessage())
                .lines()
                .takeWhile(line -> !line.startsWith("\tat "))
                .filter(line -> !line.isBlank())
                .collect(Collectors.joining(" "));
    }

    /** Learns on which executor each work is begun. */
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

    /** The results of one work, once its job is done. */
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
            return new ExecutionException(new SparkException(words(e), e));
        }
    }
}
