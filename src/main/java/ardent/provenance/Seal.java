package ardent.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SHA-256 that a file holds of itself, so that a flipped bit or a missing end shows: 64 digits after the name
 * {@code seal} in its first quotes, computed while they are zeros.
 */
public final class Seal {
    /** The digits of a file that is not sealed yet. */
    public static final String OPEN = "0".repeat(64);

    private static final int HEAD = 1 << 16;
    private static final Pattern NAME = Pattern.compile("seal\"([: ]*\")?");
    private static final byte[] ZEROS = OPEN.getBytes(StandardCharsets.US_ASCII);

    private Seal() {}

    /**
     * Where the first digit is in the beginning of a file, or −1 if there is no seal.
     */
    static int position(byte[] beginning) {
        Matcher name = NAME.matcher(new String(beginning, StandardCharsets.ISO_8859_1));
        boolean found = name.find() && name.group(1) != null && name.end() + ZEROS.length < beginning.length;
        return found ? name.end() : -1;
    }

    /**
     * A sealed copy of a file.
     *
     * @param file its bytes, with the seal open
     * @return as many bytes
     * @throws IllegalArgumentException if there is no place for a seal
     */
    public static byte[] close(byte[] file) {
        int at = position(file);
        if (at < 0) {
            throw new IllegalArgumentException("The file has no place for a seal.");
        }
        byte[] digits = Sha256.of(file).getBytes(StandardCharsets.US_ASCII);
        byte[] sealed = file.clone();
        System.arraycopy(digits, 0, sealed, at, digits.length);
        return sealed;
    }

    /**
     * Whether a file is what it was when it was sealed.
     *
     * @param file the file from its beginning, near which its seal is; it may be longer than memory
     * @return false if a byte of it was changed, or if it has no seal
     * @throws IOException if it cannot be read
     */
    public static boolean intact(InputStream file) throws IOException {
        byte[] head = file.readNBytes(HEAD);
        int at = position(head);
        if (at < 0) {
            return false;
        }
        String digits = new String(head, at, ZEROS.length, StandardCharsets.US_ASCII);
        System.arraycopy(ZEROS, 0, head, at, ZEROS.length);
        MessageDigest digest = Sha256.digest();
        digest.update(head);
        byte[] piece = new byte[HEAD];
        for (int read = file.read(piece); read >= 0; read = file.read(piece)) {
            digest.update(piece, 0, read);
        }
        return digits.equals(Sha256.text(digest));
    }
}
