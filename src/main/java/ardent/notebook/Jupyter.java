package ardent.notebook;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Talks to IJava or JJava, whose kernels have the same shape under different package names.
 *
 * <p>By reflection, so that one jar serves both and needs neither. The kernels only send while a cell runs, and answer an
 * interrupt before the work has ended its batch: what replaces something goes to the cell that showed it, whenever it comes.
 */
final class Jupyter implements Kernel {
    /** Class and static method that give the running kernel: JJava from 1.0-a6, JJava before, IJava. */
    private static final String[][] KERNELS = {
        {"org.dflib.jjava.jupyter.kernel.BaseKernel", "notebookKernel"},
        {"org.dflib.jjava.JJava", "getKernelInstance"},
        {"io.github.spencerpark.ijava.IJava", "getKernelInstance"},
    };

    private final Object kernel;
    private final Class<?> base;
    private volatile @Nullable ShellVariables variables;

    Jupyter(Object kernel) {
        this.kernel = kernel;
        this.base = base(kernel.getClass());
    }

    /** The kernel object of this JVM, or null when there is none. */
    static @Nullable Object running() {
        var loaders = new ArrayList<@Nullable ClassLoader>();
        loaders.add(Jupyter.class.getClassLoader());
        loaders.add(Thread.currentThread().getContextClassLoader());
        loaders.add(ClassLoader.getSystemClassLoader());
        for (var name : KERNELS) {
            for (var loader : loaders) {
                try {
                    var found = Class.forName(name[0], true, loader)
                            .getMethod(name[1])
                            .invoke(null);
                    if (found != null) {
                        return found;
                    }
                } catch (ReflectiveOperationException | LinkageError e) {
                    // Not this kernel, or not seen from this loader.
                }
            }
        }
        return null;
    }

    @Override
    public boolean live() {
        return true;
    }

    @Override
    public void display(Bundle bundle) {
        undisturbed(() -> call(kernel, "display", data(bundle)));
    }

    @Override
    public Consumer<Bundle> place(Bundle bundle) {
        var id = UUID.randomUUID().toString();
        var stream = new AtomicReference<@Nullable Object>();
        undisturbed(() -> {
            var data = data(bundle);
            call(data, "setDisplayId", id);
            stream.set(streamOfThisCell());
            call(kernel, "display", data);
        });
        return later -> undisturbed(() -> call(stream.get(), "updateDisplay", id, data(later)));
    }

    /** A stream like the kernel's, which leads to the cell that runs now and stays there when it ends. */
    private Object streamOfThisCell() throws ReflectiveOperationException {
        var io = Objects.requireNonNull(call(kernel, "getIO"));
        var stream = Objects.requireNonNull(io.getClass().getField("display").get(io));
        var cell = stream.getClass().getDeclaredField("env");
        cell.setAccessible(true);
        var own = stream.getClass().getConstructor().newInstance();
        cell.set(own, cell.get(stream));
        return own;
    }

    @Override
    public void register(Class<?> type, Function<Object, Bundle> renderer) {
        undisturbed(() -> {
            var mimes = new String[] {Bundle.HTML, Bundle.PNG, Bundle.TEXT};
            var function = type("RenderFunction");
            var proxy = Proxy.newProxyInstance(
                    function.getClassLoader(), new Class<?>[] {function}, (self, method, args) -> {
                        switch (method.getName()) {
                            case "render" -> fill(call(args[1], "getOutputContainer"), renderer.apply(args[0]));
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            case "equals" -> {
                                return self == args[0];
                            }
                            case "toString" -> {
                                return "renderer of " + type.getName();
                            }
                            default -> {}
                        }
                        return null;
                    });
            var registration = call(call(kernel, "getRenderer"), "createRegistration", type);
            registration = call(registration, "supporting", (Object) mimes);
            call(registration, "register", proxy);
        });
    }

    @Override
    public Optional<String> source(Class<?> type) {
        var shell = ShellSnippets.shell(kernel);
        return shell == null ? Optional.empty() : ShellSnippets.source(shell, type);
    }

    @Override
    public Optional<String> variable(Object thing) {
        var kept = variables;
        return kept == null ? Optional.empty() : kept.holding(thing);
    }

    @Override
    public void keepVariables() {
        var shell = ShellSnippets.shell(kernel);
        if (shell != null) {
            variables = ShellVariables.keep(shell, ShellSnippets.loader(), System.err::println);
        }
    }

    @Override
    public void showJavadoc() {
        var shell = ShellSnippets.shell(kernel);
        String sources = System.getProperty("ardent.sources");
        if (shell != null && sources != null) {
            ShellJavadoc.add(shell, Path.of(sources));
        }
    }

    private Object data(Bundle bundle) throws ReflectiveOperationException {
        var data = type("DisplayData").getConstructor().newInstance();
        fill(data, bundle);
        return data;
    }

    private static void fill(@Nullable Object data, Bundle bundle) throws ReflectiveOperationException {
        for (var entry : bundle.data().entrySet()) {
            call(data, "putData", entry.getKey(), entry.getValue());
        }
        for (var entry : bundle.metadata().entrySet()) {
            call(data, "putMetaData", entry.getKey(), entry.getValue());
        }
    }

    private Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(base.getPackageName() + ".display." + name, true, base.getClassLoader());
    }

    private static Class<?> base(Class<?> kernel) {
        for (Class<?> type = kernel; type != null; type = type.getSuperclass()) {
            if (type.getSimpleName().equals("BaseKernel")) {
                return type;
            }
        }
        throw new IllegalArgumentException(kernel.getName() + " is no kernel that Ardent knows.");
    }

    private static @Nullable Object call(@Nullable Object target, String name, Object... arguments)
            throws ReflectiveOperationException {
        for (Method method : Objects.requireNonNull(target).getClass().getMethods()) {
            if (method.getName().equals(name) && takes(method, arguments)) {
                return method.invoke(target, arguments);
            }
        }
        throw new NoSuchMethodException(target.getClass().getName() + "." + name);
    }

    private static boolean takes(Method method, Object... arguments) {
        var types = List.of(method.getParameterTypes());
        if (types.size() != arguments.length) {
            return false;
        }
        for (int i = 0; i < arguments.length; i++) {
            if (!types.get(i).isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    private interface Step {
        void run() throws ReflectiveOperationException;
    }

    /** Sends with the interrupt flag down, since the kernels' sockets fail on an interrupted thread. */
    private synchronized void undisturbed(Step step) {
        boolean interrupted = Thread.interrupted();
        try {
            step.run();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This kernel cannot show things: " + e, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
