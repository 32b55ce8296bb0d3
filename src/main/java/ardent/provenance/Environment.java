package ardent.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

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

    /**
     * The version of this kit.
     *
     * @return for example {@code 0.2.0}
     */
    public static String version() {
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

    /**
     * The checkout the program runs in.
     *
     * @param commit its hash, or {@code unknown}
     * @param tree {@code clean}, {@code changed} where files differ from the commit, or {@code unknown}
     */
    private record Git(String commit, String tree) {
        private static final String COMMIT = "# branch.oid ";

        /** Asks git once; where there is none, or no checkout or commit, it is unknown. */
        static Git here() {
            return say().map(Git::read).orElse(new Git(UNKNOWN, UNKNOWN));
        }

        private static Git read(String answer) {
            List<String> lines = answer.lines().toList();
            String commit = lines.stream()
                    .filter(line -> line.startsWith(COMMIT))
                    .map(line -> line.substring(COMMIT.length()))
                    .filter(hash -> hash.matches("[0-9a-f]{40,64}"))
                    .findFirst()
                    .orElse(UNKNOWN);
            return new Git(commit, lines.stream().allMatch(line -> line.startsWith("#")) ? "clean" : "changed");
        }

        /** What git answers; empty if there is no git, no checkout or no commit. */
        private static Optional<String> say() {
            try {
                Process process = new ProcessBuilder("git", "status", "--porcelain=v2", "--branch")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                process.getOutputStream().close();
                String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                boolean done = process.waitFor(5, TimeUnit.SECONDS);
                return done && process.exitValue() == 0 ? Optional.of(answer) : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }
}
