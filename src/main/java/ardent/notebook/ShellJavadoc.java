package ardent.notebook;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jshell.JShell;
import jdk.jshell.SourceCodeAnalysis;

/**
 * Javadoc of Ardent where a kernel shows documentation (Shift-Tab). JShell has no setting for it: it reads {@code src.zip} of the JDK
 * alone, whose folders it keeps in a list. By reflection, for which the kernel needs
 * {@code --add-opens jdk.jshell/jdk.jshell=ALL-UNNAMED}.
 */
final class ShellJavadoc {
    private ShellJavadoc() {}

    /** Adds a folder of sources; does nothing where this Java has another inside. */
    static void add(JShell shell, Path sources) {
        SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();
        try {
            Method find = analysis.getClass().getDeclaredMethod("findSources");
            find.setAccessible(true);
            Field kept = analysis.getClass().getDeclaredField("availableSources");
            kept.setAccessible(true);
            var all = new ArrayList<Object>((List<?>) find.invoke(analysis));
            all.add(sources);
            kept.set(analysis, all);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Shift-Tab shows signatures without text, as it does in a plain kernel.
        }
    }
}
