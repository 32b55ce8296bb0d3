package ardent.provenance;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The SHA-256 that a file bears of itself, so that a flipped bit or a missing end shows: 64 digits after the name
 * {@code seal} in its first quotes, computed while they are zeros.
 */
public final class Seal {
    /** The digits of a file that is not sealed yet. */
    public static final String OPEN = "0".repeat(64);

    private static final byte[] NAME = "seal\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ZEROS = OPEN.getBytes(StandardCharsets.US_ASCII);

    private Seal() {}

    /**
     * Where the digits are.
     *
     * @param beginning the file, or enough of its beginning
     * @return the position of the first digit, or −1 if there is no seal
     */
    public static int position(byte[] beginning) {
        for (int i = 0; i + NAME.length <= beginning.length; i++) {
            if (Arrays.equals(beginning, i, i + NAME.length, NAME, 0, NAME.length)) {
                int at = i + NAME.length;
                while (at < beginning.length && (beginning[at] == ':' || beginning[at] == ' ')) {
                    at++;
                }
                return at + 1 + ZEROS.length < beginning.length && beginning[at] == '"' ? at + 1 : -1;
            }
        }
        return -1;
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
     * @param file its bytes
     * @return false if a byte of it was changed, or if it bears no seal
     */
    public static boolean intact(byte[] file) {
        int at = position(file);
        if (at < 0) {
            return false;
        }
        MessageDigest digest = Sha256.digest();
        digest.update(file, 0, at);
        digest.update(ZEROS);
        digest.update(file, at + ZEROS.length, file.length - at - ZEROS.length);
        String digits = new String(file, at, ZEROS.length, StandardCharsets.US_ASCII);
        return digits.equals(Sha256.text(digest));
    }
}
