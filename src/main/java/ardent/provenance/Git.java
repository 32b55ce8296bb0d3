package ardent.provenance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The checkout the program runs in.
 *
 * @param commit its hash, or {@code unknown}
 * @param tree {@code clean}, {@code changed} where files differ from the commit, or {@code unknown}
 */
record Git(String commit, String tree) {
    private static final String COMMIT = "# branch.oid ";

    /** Asks git once; where there is none, or no checkout or commit, it is unknown. */
    static Git here() {
        return say("status", "--porcelain=v2", "--branch").map(Git::read).orElse(new Git("unknown", "unknown"));
    }

    private static Git read(String answer) {
        List<String> lines = answer.lines().toList();
        String commit = lines.stream()
                .filter(line -> line.startsWith(COMMIT))
                .map(line -> line.substring(COMMIT.length()))
                .filter(hash -> hash.matches("[0-9a-f]{40,64}"))
                .findFirst()
                .orElse("unknown");
        return new Git(commit, lines.stream().allMatch(line -> line.startsWith("#")) ? "clean" : "changed");
    }

    /** What git answers; empty if there is no git, no checkout or no commit. */
    private static Optional<String> say(String... arguments) {
        var command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
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
