package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Functions in TorchScript, opened from an archive that is written here: what libtorch can do and the engine's Java
 * interface cannot, such as writing into an array, and inner loops in one call.
 */
public final class Script {
    private static final String HEAD = """
            class Script(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Script, x: Tensor) -> Tensor:
                return x
            """;

    private final PtSymbolBlock module;

    /**
     * Opens functions.
     *
     * @param functions in the form in which TorchScript stores its own, each with a first parameter
     *     {@code self: __torch__.Script}
     */
    public Script(String functions) {
        try {
            module = JniUtils.loadModule(
                    (PtNDManager) Torch.manager(), new ByteArrayInputStream(archive(functions)), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The name of a function, as {@link #call} wants it.
     *
     * @param name of one of the functions
     * @return an array that lives as long as the program
     */
    public NDArray method(String name) {
        NDArray array = Torch.keep(Torch.manager().create(0f));
        array.setName("module_method:" + name);
        return array;
    }

    /**
     * Calls a function of arrays. It is recorded if the tape is open.
     *
     * @param method its name
     * @param arguments its arguments
     * @return its result
     */
    public NDArray call(NDArray method, NDArray... arguments) {
        var list = new NDList(arguments);
        list.add(method);
        return IValueUtils.forward(module, list, true).head();
    }

    /**
     * Calls a function that overwrites its arguments. It is never recorded.
     *
     * @param name of one of the functions
     * @param arrays its first arguments
     */
    public void run(String name, NDArray... arrays) {
        run(name, new long[0], arrays);
    }

    /**
     * Calls a function that overwrites its arguments. It is never recorded.
     *
     * @param name of one of the functions
     * @param numbers its last arguments
     * @param arrays its first arguments
     */
    public void run(String name, long[] numbers, NDArray... arrays) {
        run(
                name,
                Stream.concat(
                                Arrays.stream(arrays).map(Script::tensor),
                                LongStream.of(numbers).mapToObj(IValue::from))
                        .toArray(IValue[]::new));
    }

    /** Calls a function that answers yes or no. */
    boolean ask(String name, NDArray array) {
        try (IValue argument = tensor(array);
                IValue answer = IValueUtils.runMethod(module, name, argument)) {
            return answer.toBoolean();
        }
    }

    /** As above. */
    void run(String name, IValue... arguments) {
        IValue answer = IValueUtils.runMethod(module, name, arguments);
        answer.close();
        for (IValue argument : arguments) {
            argument.close();
        }
    }

    static IValue tensor(NDArray array) {
        return IValue.from((PtNDArray) array);
    }

    private static byte[] archive(String functions) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(zip, "ops/data.pkl", pickle());
            store(zip, "ops/code/__torch__.py", (HEAD + functions.indent(2)).getBytes(StandardCharsets.UTF_8));
            store(zip, "ops/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "ops/version", "3\n".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var crc = new CRC32();
        crc.update(content);
        var entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    /** The pickle of an object of class {@code __torch__.Script} with {@code training = True}. */
    private static byte[] pickle() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2});
        out.writeBytes("c__torch__\nScript\n".getBytes(StandardCharsets.UTF_8));
        out.writeBytes(new byte[] {')', (byte) 0x81, '}', 'X', 8, 0, 0, 0});
        out.writeBytes("training".getBytes(StandardCharsets.UTF_8));
        out.writeBytes(new byte[] {(byte) 0x88, 's', 'b', '.'});
        return out.toByteArray();
    }
}
