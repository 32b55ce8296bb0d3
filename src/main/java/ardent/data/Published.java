package ardent.data;

import ardent.provenance.Arguments;

/**
 * A file as its authors published it.
 *
 * @param name file name, such as {@code train-images-idx3-ubyte.gz}
 * @param sha256 SHA-256 of the file in lower-case hex
 * @param content SHA-256 of the unpacked content in lower-case hex, empty where it is not known
 * @param bytes size of the file, −1 where it is not known: a download reads no more
 */
public record Published(String name, String sha256, String content, long bytes) {
    /** Nothing is null. */
    public Published {
        Arguments.given("name, sha256, content", name, sha256, content);
    }

    /**
     * Of unknown size.
     *
     * @param name file name, such as {@code train-images-idx3-ubyte.gz}
     * @param sha256 SHA-256 of the file in lower-case hex
     * @param content SHA-256 of the unpacked content in lower-case hex, empty where it is not known
     */
    public Published(String name, String sha256, String content) {
        this(name, sha256, content, -1);
    }

    /** Returns the name without {@code .gz}. */
    String plainName() {
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    /** Compares a file with these two hashes with the published one. */
    String standing(String fileSha256, String contentSha256) {
        if (fileSha256.equals(sha256)) {
            return SourceFile.OFFICIAL;
        }
        if (contentSha256.equals(content)) {
            return SourceFile.OFFICIAL_CONTENT;
        }
        return SourceFile.DIFFERENT;
    }
}
