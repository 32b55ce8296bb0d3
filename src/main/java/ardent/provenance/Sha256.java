package ardent.provenance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as 64 lower-case hexadecimal digits. */
public final class Sha256 {
    private Sha256() {}

    /**
     * The hash of bytes.
     *
     * @param bytes what to hash
     * @return 64 digits
     */
    public static String of(byte[] bytes) {
        MessageDigest digest = digest();
        digest.update(bytes);
        return text(digest);
    }

    /**
     * The hash of a text in UTF-8.
     *
     * @param text what to hash
     * @return 64 digits
     */
    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The hash of a file.
     *
     * @param file what to hash
     * @return 64 digits
     * @throws UncheckedIOException if the file cannot be read
     */
    public static String of(Path file) {
        MessageDigest digest = digest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be read.", e);
        }
        return text(digest);
    }

    /**
     * A finished hash.
     *
     * @param digest what was hashed; fresh afterwards
     * @return 64 digits
     */
    public static String text(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The hash of all that was put into a digest, which goes on afterwards.
     *
     * @param digest what was hashed so far
     * @return 64 digits
     */
    public static String soFar(MessageDigest digest) {
        try {
            return text((MessageDigest) digest.clone());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Java's SHA-256 can be copied.", e);
        }
    }

    /**
     * The hash of what would be written, without writing it anywhere.
     *
     * @param content what to hash
     * @return 64 digits
     */
    public static String of(Folder.Content content) {
        MessageDigest digest = digest();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            content.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("There is nothing to be written to and yet it failed.", e);
        }
        return text(digest);
    }

    /**
     * A hash in the making.
     *
     * @return a fresh SHA-256
     */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
