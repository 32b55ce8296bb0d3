package ardent.spark;

import ardent.data.DataFolder;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Spark is told before it starts. */
final class SparkSettings {
    /** The environment variable of the secret by which a standalone cluster and its drivers know each other. */
    static final String SECRET = "ARDENT_SPARK_SECRET";

    private static final String LOOPBACK = "127.0.0.1";
    private static final String OPTIONS = "spark.executor.extraJavaOptions";
    private static final String JARS = "spark.jars";
    private static final String CLASSES = "spark.executor.extraClassPath";
    private static final String FIX = " environment/run --with spark sets up all that is needed.";

    /** Of the driver's environment, what an executor needs as well if it is set. */
    private static final List<String> INHERITED = List.of(
            "OMP_WAIT_POLICY",
            "MALLOC_MMAP_THRESHOLD_",
            "MALLOC_TRIM_THRESHOLD_",
            "DJL_CACHE_DIR",
            "PYTORCH_LIBRARY_PATH",
            "PYTORCH_VERSION",
            "PYTORCH_FLAVOR");

    private SparkSettings() {}

    static void requireSpark() {
        try {
            Class.forName("org.apache.spark.api.java.JavaSparkContext", false, SparkSettings.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("Apache Spark is not on the class path." + FIX, e);
        }
    }

    /** All settings by name. */
    static Map<String, String> of(Spark spark) {
        var all = new LinkedHashMap<String, String>();
        String threads = Integer.toString(spark.threads());
        all.put("spark.master", spark.master());
        all.put("spark.app.name", "Ardent");
        all.put("spark.ui.enabled", "false");
        all.put("spark.ui.showConsoleProgress", "false");
        // One engine, and one tape in it: an executor has one task at a time.
        all.put("spark.executor.cores", threads);
        all.put("spark.task.cpus", threads);
        all.put("spark.executor.memory", spark.memory() + "m");
        all.put("spark.locality.wait", "0");
        all.put("spark.driver.maxResultSize", "0");
        all.put("spark.authenticate", "true");
        // A task that failed on an executor, for example because its disk is full, is tried on another one.
        all.put("spark.excludeOnFailure.taskAndStage.enabled", "true");
        all.put("spark.excludeOnFailure.task.maxTaskAttemptsPerNode", "4");
        // Where it failed on all of them, two minutes more for each task help only a cluster that starts others.
        if (!Boolean.parseBoolean(spark.settings().get("spark.dynamicAllocation.enabled"))) {
            all.put("spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout", "1s");
        }
        all.put("spark.executorEnv.OMP_NUM_THREADS", threads);
        all.put("spark.executorEnv.ARDENT_RUNS", "off");
        all.put("spark.executorEnv.DJL_DISABLE_PROGRESS_BAR", "true");
        if (spark.gpus() > 0) {
            all.put("spark.executor.resource.gpu.amount", "1");
            all.put("spark.task.resource.gpu.amount", "1");
        }
        if (spark.master().equals(Spark.LOCAL)) {
            here(spark, all);
        } else {
            there(spark, all);
        }
        String options = "-Dai.djl.offline=true -Djava.awt.headless=true -Dfile.encoding=UTF-8";
        all.put(OPTIONS, (options + " " + spark.settings().getOrDefault(OPTIONS, "")).strip());
        spark.settings().forEach((name, value) -> {
            if (!name.equals(OPTIONS)) {
                all.put(name, value);
            }
        });
        return all;
    }

    /** Programs on this machine, which nobody reaches from outside. */
    private static void here(Spark spark, Map<String, String> all) {
        String home = System.getenv("SPARK_HOME");
        boolean ready = home != null
                && Files.isDirectory(Path.of(home, "jars"))
                && System.getenv("SPARK_SCALA_VERSION") != null
                && LOOPBACK.equals(System.getenv("SPARK_LOCAL_IP"));
        if (!ready) {
            throw new IllegalStateException(
                    "Executors of this machine need the environment variables SPARK_HOME, a folder"
                            + " with a folder jars in it, SPARK_SCALA_VERSION=2.13 and SPARK_LOCAL_IP=" + LOOPBACK + "."
                            + FIX);
        }
        all.put(
                "spark.master",
                "local-cluster[" + spark.executors() + "," + spark.threads() + "," + spark.memory() + "]");
        // Two programs that start in one second would share a folder of logs.
        all.put("spark.deploy.appIdPattern", "ardent-" + UUID.randomUUID() + "-%s-%04d");
        all.put("spark.driver.host", LOOPBACK);
        all.put("spark.driver.bindAddress", LOOPBACK);
        // Other users of this machine reach its loopback as well.
        all.put("spark.authenticate.secret", UUID.randomUUID().toString());
        all.put(CLASSES, classes());
        INHERITED.stream()
                .filter(name -> System.getenv(name) != null)
                .forEach(name -> all.put("spark.executorEnv." + name, System.getenv(name)));
        DataFolder.root().ifPresent(data -> all.put("spark.executorEnv." + DataFolder.DATASETS, data.toString()));
    }

    /** Executors on other machines, which get the kit's jars from this one unless they have them. */
    private static void there(Spark spark, Map<String, String> all) {
        if (spark.master().startsWith("spark://")) {
            String secret = System.getenv(SECRET);
            if (secret == null || secret.isBlank()) {
                throw new IllegalStateException(
                        "Anyone who can reach a standalone master can run programs on its hosts: set a secret on all"
                                + " of them (spark.authenticate true and spark.authenticate.secret in Spark's"
                                + " conf/spark-defaults.conf) and the same one in the environment variable " + SECRET
                                + " of this program.");
            }
            all.put("spark.authenticate.secret", secret);
        }
        all.put("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE");
        if (!spark.settings().containsKey(JARS) && !spark.settings().containsKey(CLASSES)) {
            all.put(JARS, jars());
        }
    }

    private static Path place() {
        CodeSource source = Spark.class.getProtectionDomain().getCodeSource();
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Ardent's jar is not at a file path: " + source.getLocation(), e);
        }
    }

    /** The class path of this program, also where a kernel has loaded the kit by another way. */
    private static String classes() {
        String path = System.getProperty("java.class.path", "");
        Path kit = place();
        boolean there = Stream.of(path.split(File.pathSeparator))
                .anyMatch(entry -> Path.of(entry).equals(kit));
        return there
                ? path
                : kit.resolveSibling("*") + File.pathSeparator + Path.of(System.getenv("SPARK_HOME"), "jars", "*");
    }

    /** The kit and its libraries, but for those that every Spark has. */
    private static String jars() {
        Path kit = place();
        if (!Files.isRegularFile(kit)) {
            throw new IllegalStateException(
                    "Executors of a cluster get the kit as a jar, and this program runs it from " + kit
                            + ": build the jar, or name where it lies on the hosts by with(\"" + CLASSES
                            + "\", \"…\").");
        }
        File[] all =
                Objects.requireNonNull(kit.getParent()).toFile().listFiles((folder, name) -> name.endsWith(".jar"));
        return Stream.of(all == null ? new File[0] : all)
                .filter(jar ->
                        !jar.getName().startsWith("slf4j-") && !jar.getName().startsWith("jackson-"))
                .map(jar -> jar.toURI().toString())
                .sorted()
                .collect(Collectors.joining(","));
    }
}
