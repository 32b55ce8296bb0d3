package ardent.network.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * What a file is that holds no weights, by its first bytes.
 *
 * @param at position of the bytes in the file
 * @param bytes the bytes, as characters
 * @param what what the file is and what to do
 */
public record FileSignature(int at, String bytes, String what) {
    private static final int START = 512;
    private static final String UNPACK = "; unpack it and load the file in it";
    private static final String SAVE =
            "; load it in Python and save weights with torch.save(model.state_dict(), file) or as"
                    + " safetensors, arrays with numpy.savez(file, x=x, y=y)";

    private static final List<FileSignature> KNOWN = List.of(
            new FileSignature(
                    0,
                    "version https://git-lfs",
                    "it is a pointer of Git LFS and not the file itself; fetch that with git lfs pull, or download the"
                            + " file from the page of the repository"),
            new FileSignature(0, "\u001f\u008b", "it is packed by gzip" + UNPACK + ", as with gunzip"),
            new FileSignature(0, "BZh", "it is packed by bzip2" + UNPACK),
            new FileSignature(0, "\u00fd7zXZ\0", "it is packed by xz" + UNPACK),
            new FileSignature(0, "(\u00b5/\u00fd", "it is packed by zstd" + UNPACK),
            new FileSignature(0, "7z\u00bc\u00af'\u001c", "it is a 7z archive" + UNPACK),
            new FileSignature(0, "Rar!", "it is a rar archive" + UNPACK),
            new FileSignature(257, "ustar", "it is a tar archive" + UNPACK),
            new FileSignature(0, "\u0089HDF\r\n\u001a\n", "it is an HDF5 file, as Keras writes them" + SAVE),
            new FileSignature(0, "CDF", "it is a NetCDF file" + SAVE),
            new FileSignature(
                    0,
                    "\u0093NUMPY",
                    "it is a single array of numpy (.npy); save arrays with their names,"
                            + " numpy.savez(file, name=array)"),
            new FileSignature(0, "GGUF", "it is a GGUF file, of a language model" + SAVE),
            new FileSignature(4, "TFL3", "it is a program of TensorFlow Lite" + SAVE),
            new FileSignature(0, "\u0089PNG", "it is an image (PNG); a folder of them is read by Images.folder"),
            new FileSignature(
                    0, "\u00ff\u00d8\u00ff", "it is an image (JPEG); a folder of them is read by Images.folder"),
            new FileSignature(0, "GIF8", "it is an image (GIF)"),
            new FileSignature(0, "%PDF", "it is a PDF"),
            new FileSignature(0, "\u007fELF", "it is a program or library"),
            new FileSignature(0, "MATLAB 5.0", "it is a file of MATLAB" + SAVE));

    private static final String ONNX = "it is an ONNX program; Ardent reads weights: save them in Python with"
            + " torch.save(model.state_dict(), file)";

    /**
     * The first bytes of a file that may hold weights.
     *
     * @throws IllegalArgumentException in half a sentence, if it is missing, a folder, empty or known to be something else
     */
    public static byte[] require(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException("it is a folder; name the file in it");
        }
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "it does not exist in " + file.toAbsolutePath().getParent());
        }
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(START);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException("permission denied; ask its owner for read access", e);
        }
        if (start.length == 0) {
            throw new IllegalArgumentException("it is empty; a download or a copy of it failed, so fetch it again");
        }
        KNOWN.stream().filter(known -> known.begins(start)).findFirst().ifPresent(known -> {
            throw new IllegalArgumentException(known.what);
        });
        if (isOnnx(start)) {
            throw new IllegalArgumentException(ONNX);
        }
        return start;
    }

    /**
     * Half a sentence about a file in no known form.
     *
     * @param start its first bytes
     * @param expected what would have been right, such as "weights come as safetensors"
     */
    public static String unknown(byte[] start, String expected) {
        String text = new String(start, StandardCharsets.ISO_8859_1).replace("\u00ef\u00bb\u00bf", "");
        String page = text.strip().toLowerCase(Locale.ROOT);
        if (page.startsWith("<")) {
            return "it is a web page or XML and not the file itself; take the link by which the page downloads the file";
        }
        if (text.codePoints().noneMatch(c -> (c < ' ' && "\t\n\r\f".indexOf(c) < 0) || (c >= 0x7f && c < 0xa0))) {
            return "it is a text, which begins with \""
                    + PickleNames.shortened(text.strip().lines().findFirst().orElse(""))
                    + "\"; " + expected;
        }
        return "it begins with the bytes "
                + HexFormat.ofDelimiter(" ").formatHex(Arrays.copyOf(start, Math.min(8, start.length)))
                + "; " + expected;
    }

    /** Half a sentence about what went wrong while a file was read. */
    public static String why(Exception e) {
        if (e instanceof ArithmeticException) {
            return "a size in it is too large";
        }
        if (e instanceof IOException) {
            return "the system could not read it (" + e.getMessage() + ")";
        }
        return String.valueOf(e.getMessage()).replaceFirst("\\.$", "");
    }

    private boolean begins(byte[] start) {
        boolean begins = start.length >= at + bytes.length();
        for (int i = 0; begins && i < bytes.length(); i++) {
            begins = (start[at + i] & 0xff) == bytes.charAt(i);
        }
        return begins;
    }

    /** A version of the format in field 1, then the producer's name, its version or the program. */
    private static boolean isOnnx(byte[] start) {
        return start.length > 3
                && start[0] == 8
                && start[1] > 0
                && start[1] < 32
                && (start[2] == 0x12 || start[2] == 0x1a || start[2] == 0x3a || start[2] == 0x42);
    }
}
