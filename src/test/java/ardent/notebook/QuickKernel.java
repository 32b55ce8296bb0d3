package ardent.notebook;

import ardent.JavaProgram;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The kernel that is set up, started as the other programs of the tests are: a third less of processor time. */
final class QuickKernel {
    private QuickKernel() {}

    /** What leads Jupyter to it; empty where no kernel is set up. */
    static Map<String, String> environment() throws IOException {
        String path = System.getenv("JUPYTER_PATH");
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            Path spec = Path.of(folder, "kernels/java/kernel.json");
            if (Files.exists(spec)) {
                Path quick = NotebookTest.ROOT.resolve(
                        "target/kernel-of-tests/" + ProcessHandle.current().pid());
                Path kernel = Files.createDirectories(quick.resolve("kernels/java"));
                Files.writeString(kernel.resolve("kernel.json"), quick(Files.readString(spec)));
                return Map.of("JUPYTER_PATH", quick + File.pathSeparator + path);
            }
        }
        return Map.of();
    }

    private static String quick(String spec) {
        JsonObject kernel = JsonParser.parseString(spec).getAsJsonObject();
        var command = new JsonArray();
        for (var word : kernel.getAsJsonArray("argv")) {
            command.add(word);
            if (command.size() == 1) { // after the name of the program
                JavaProgram.SHORT.forEach(command::add);
            }
        }
        kernel.add("argv", command);
        return kernel.toString();
    }
}
