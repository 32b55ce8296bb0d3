package ardent.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * What a number was computed with; what is not known is {@code unknown}.
 *
 * @param ardent version of this kit
 * @param engine name and version of the engine, such as {@code PyTorch 2.7.1}
 * @param device where arrays lived, such as {@code cpu()}
 * @param threads processor threads of one operation
 * @param java version of Java
 * @param vendor who built this Java
 * @param os name of the operating system
 * @param architecture of the processor
 * @param processors that Java may use
 * @param commit of the git checkout the program runs in
 * @param tree of that checkout: {@code clean}, or {@code changed} where files differ from the commit
 */
public record Environment(
        String ardent,
        String engine,
        String device,
        int threads,
        String java,
        String vendor,
        String os,
        String architecture,
        int processors,
        String commit,
        String tree) {
    private static final String UNKNOWN = "unknown";

    /** Nothing is null. */
    public Environment {
        Arguments.given(
                "ardent, engine, device, java, vendor, os, architecture, commit, tree",
                ardent,
                engine,
                device,
                java,
                vendor,
                os,
                architecture,
                commit,
                tree);
    }

    /**
     * What this program runs on.
     *
     * @param engine name and version of the engine
     * @param device where arrays live
     * @param threads processor threads of one operation
     * @return the environment
     */
    public static Environment of(String engine, String device, int threads) {
        Git git = Git.here();
        return new Environment(
                version(),
                engine,
                device,
                threads,
                System.getProperty("java.version", UNKNOWN),
                System.getProperty("java.vendor", UNKNOWN),
                System.getProperty("os.name", UNKNOWN),
                System.getProperty("os.arch", UNKNOWN),
                Runtime.getRuntime().availableProcessors(),
                git.commit(),
                git.tree());
    }

    private static String version() {
        try (InputStream in = Environment.class.getResourceAsStream("version.properties")) {
            var properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
