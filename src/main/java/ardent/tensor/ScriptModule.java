package ardent.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.List;

/** A TorchScript program in evaluation mode: a differentiable function of one array, whose weights get no gradient. */
public final class ScriptModule implements AutoCloseable {
    private final NDManager manager;
    private final PtSymbolBlock block;

    private ScriptModule(NDManager manager, PtSymbolBlock block) {
        this.manager = manager;
        this.block = block;
    }

    /**
     * Opens a program. It runs inside the engine with the rights of this process: open only what you trust.
     *
     * @param file what {@code torch.jit.save} wrote
     * @return the program, which holds memory until it is closed
     * @throws IllegalArgumentException in half a sentence, if the engine cannot read it
     */
    public static ScriptModule load(Path file) {
        NDManager manager = Torch.manager().newSubManager();
        try {
            // Weights loaded for training are ordinary arrays; others would refuse even image gradients.
            PtSymbolBlock block =
                    JniUtils.loadModule((PtNDManager) manager, file, true, new String[0], new String[0], true);
            JniUtils.enableInferenceMode(block);
            try (NDList weights = JniUtils.moduleGetParams(block, (PtNDManager) manager)) {
                weights.forEach(weight -> weight.setRequiresGradient(false));
            }
            return new ScriptModule(manager, block);
        } catch (EngineException e) {
            manager.close();
            throw new IllegalArgumentException("the engine cannot open it (" + reason(e) + ")", e);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Runs the program.
     *
     * @param x its argument
     * @return its result
     * @throws IllegalArgumentException in half a sentence, if it fails or answers with anything but one array
     */
    public NDArray apply(NDArray x) {
        String name = x.getName();
        // The engine reads meaning into names: a view has none.
        NDArray plain = name == null || name.isEmpty() ? x : x.reshape(x.getShape());
        try {
            NDList answer = IValueUtils.forward(block, new NDList(plain), true);
            if (answer.size() != 1) {
                int size = answer.size();
                answer.close();
                throw new IllegalArgumentException("it answers with " + size + " arrays instead of one");
            }
            return answer.head();
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    "it fails on an argument of shape " + x.getShape() + " (" + reason(e) + ")", e);
        }
    }

    /** The line of the engine's message that says what is wrong. */
    private static String reason(EngineException e) {
        List<String> lines = String.valueOf(e.getMessage()).strip().lines().toList();
        String last = lines.get(lines.size() - 1).strip();
        return lines.size() < 3 || last.startsWith("Exception raised")
                ? lines.get(0).strip()
                : last;
    }

    @Override
    public void close() {
        block.close();
        manager.close();
    }
}
