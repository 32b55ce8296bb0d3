package ardent.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** At which addresses a program and those that it started take connections, as Linux tells it. */
final class Listening {
    private static final String LISTEN = "0A";
    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private Listening() {}

    /** Addresses without their ports, in the kernel's hexadecimal digits. */
    static Set<String> at(ProcessHandle program) throws IOException {
        var sockets = new HashSet<String>();
        for (ProcessHandle each :
                Stream.concat(Stream.of(program), program.descendants()).toList()) {
            sockets.addAll(sockets(each.pid()));
        }
        var addresses = new TreeSet<String>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] words = line.strip().split("\\s+");
                if (words.length > INODE && words[STATE].equals(LISTEN) && sockets.contains(words[INODE])) {
                    addresses.add(words[ADDRESS].split(":")[0]);
                }
            }
        }
        return addresses;
    }

    private static Set<String> sockets(long pid) {
        var sockets = new HashSet<String>();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : files.toList()) {
                String target = Files.readSymbolicLink(file).toString();
                if (target.startsWith("socket:[")) {
                    sockets.add(target.substring("socket:[".length(), target.length() - 1));
                }
            }
        } catch (IOException e) {
            return sockets; // it ended meanwhile
        }
        return sockets;
    }
}
