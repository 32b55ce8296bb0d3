package ardent.spark;

import ardent.elsewhere.Workers;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Where an Apache Spark cluster is, and what each of its executors gets; does nothing until a verb takes it.
 *
 * <pre>{@code
 * var spark = Spark.local(2);                    // two more programs on this machine
 * var spark = Spark.at("spark://head:7077");     // a standalone master
 * sweep(Path.of("runs/ablation"), grid, spark);
 * }</pre>
 *
 * <p>An executor does one thing at a time, so that parallel work comes from several of them. Spark has to be on the class path:
 * {@code environment/run --with spark} puts it there.
 *
 * @param master the URL of the cluster, or {@code local} for this machine
 * @param executors how many programs on this machine; 0 for all that a cluster gives
 * @param threads processor threads of one operation, and of an executor
 * @param memory Java heap of an executor in megabytes; arrays lie outside of it
 * @param gpus GPUs of an executor, 0 or 1
 * @param settings more settings of Spark, by their names
 */
public record Spark(String master, int executors, int threads, int memory, int gpus, Map<String, String> settings) {
    /** This machine. */
    static final String LOCAL = "local";

    private static final int MEMORY = 1024;
    private static final int LEAST_MEMORY = 512;
    private static final Pattern MASTER = Pattern.compile("local|yarn|k8s://.+|spark://[^:/,]+:\\d+(,[^:/,]+:\\d+)*");

    /**
     * Copies the settings.
     *
     * @throws IllegalArgumentException in one sentence, if a number makes no sense or a setting holds a secret
     */
    public Spark {
        Arguments.given("master, settings", master, settings);
        settings = Map.copyOf(Arguments.all("settings", settings));
        if (master.startsWith(LOCAL) && !(master.equals(LOCAL) && executors >= 1)) {
            throw new IllegalArgumentException("On this machine there is at least 1 executor, Spark.local(1), and not "
                    + master + " with " + executors + ": threads of one program would share one engine.");
        }
        if (!MASTER.matcher(master).matches()) {
            throw new IllegalArgumentException("A cluster is spark://host:port of a standalone master, k8s://… of"
                    + " Kubernetes, or this machine, Spark.local(2), and not \"" + master + "\".");
        }
        Arguments.atLeastOne("thread", threads);
        if (executors < 0) {
            throw new IllegalArgumentException(
                    "The number of executors is at least 0 (0 uses the whole cluster), not " + executors + ".");
        }
        if (memory < LEAST_MEMORY) {
            throw new IllegalArgumentException(
                    "An executor needs at least " + LEAST_MEMORY + " MB of heap, not " + memory + ".");
        }
        if (gpus < 0 || gpus > 1) {
            throw new IllegalArgumentException("An executor has 0 or 1 GPU, not " + gpus
                    + ": a training uses one GPU, and several GPUs are used by several executors.");
        }
        if (settings.containsKey("spark.master")) {
            throw new IllegalArgumentException(
                    "Set the master with Spark.at(\"spark://…\") or Spark.local(2), not with spark.master.");
        }
        for (String key : settings.keySet()) {
            String lower = key.toLowerCase(Locale.ROOT);
            if (lower.contains("secret") || lower.contains("password")) {
                throw new IllegalArgumentException(
                        "The setting " + key + " would be shown wherever this record is: give"
                                + " the secret of a cluster by the environment variable " + SparkSettings.SECRET + ".");
            }
        }
    }

    /**
     * More programs on this machine, which use its processor beside this one.
     *
     * @param executors how many, at least 1
     * @return executors of one thread and 1 GB of heap each
     */
    public static Spark local(int executors) {
        return new Spark(LOCAL, executors, 1, MEMORY, 0, Map.of());
    }

    /**
     * A cluster. A standalone master ({@code spark://…}) and this program know each other by a secret, which the environment
     * variable {@code ARDENT_SPARK_SECRET} holds here and Spark's setting {@code spark.authenticate.secret} on its hosts.
     *
     * @param master its URL, such as {@code spark://head:7077}
     * @return executors of one thread and 1 GB of heap each, as many as the cluster gives
     */
    public static Spark at(String master) {
        return new Spark(master, 0, 1, MEMORY, 0, Map.of());
    }

    /**
     * With other threads.
     *
     * @param threads processor threads of one operation, and of an executor; with several, results depend on their number
     *     in the last digits
     * @return a changed copy
     */
    public Spark threads(int threads) {
        return new Spark(master, executors, threads, memory, gpus, settings);
    }

    /**
     * With another heap.
     *
     * @param megabytes of an executor's Java heap, at least 512; arrays lie outside of it
     * @return a changed copy
     */
    public Spark memory(int megabytes) {
        return new Spark(master, executors, threads, megabytes, gpus, settings);
    }

    /**
     * With GPUs: each executor works on the one that Spark gives it.
     *
     * @param gpus of an executor, 0 or 1
     * @return a changed copy
     */
    public Spark gpus(int gpus) {
        return new Spark(master, executors, threads, memory, gpus, settings);
    }

    /**
     * With one more setting of Spark, which goes before what this package sets.
     *
     * @param name such as {@code spark.executorEnv.ARDENT_DATASETS}
     * @param value its value
     * @return a changed copy
     */
    public Spark with(String name, String value) {
        var more = new LinkedHashMap<>(settings);
        more.put(Arguments.given("name", name), Arguments.given("value", value));
        return new Spark(master, executors, threads, memory, gpus, more);
    }

    /**
     * Has work done on the cluster; this program's part of it is started where there is work, and ended again.
     *
     * @param <T> the result of the work
     * @param task receives what is waited for, and tells when to stop
     * @param work what to do
     * @return its result
     * @throws IllegalStateException in one sentence, if Spark is not there or gives no executor
     */
    public <T> T workers(Work.Task task, Function<Workers, T> work) {
        Arguments.given("task, work", task, work);
        SparkSettings.requireSpark();
        try (var workers = new SparkWorkers(this, task)) {
            return work.apply(workers);
        }
    }
}
