package ardent.data;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * A tar archive (POSIX.1-1988, "ustar"), read once from front to back. Commons Compress would need a library that DJL
 * leaves out, and passes over damaged headers; CIFAR needs no more than these lines.
 */
final class Tar {
    private static final int BLOCK = 512;

    /** Reads a regular file of the archive: all of its bytes or none. */
    interface Use {
        /** Tells whether it has read the file of this name without folders and this size in bytes. */
        boolean with(String name, long size) throws IOException;
    }

    private Tar() {}

    /** Shows each regular file to {@code use}, while {@code in} is at the start of its content. */
    static void read(DataInputStream in, Use use) throws IOException {
        var header = new byte[BLOCK];
        for (in.readFully(header); header[0] != 0; in.readFully(header)) {
            if (octal(header, 148, 8) != checksum(header)) {
                throw new IOException("a header of the archive is damaged");
            }
            long size = octal(header, 124, 12);
            String path = text(header, 0, 100);
            boolean regular = header[156] == '0' || header[156] == 0;
            boolean used = regular && use.with(path.substring(path.lastIndexOf('/') + 1), size);
            long padding = (BLOCK - size % BLOCK) % BLOCK;
            in.skipNBytes(used ? padding : size + padding);
        }
    }

    private static int checksum(byte[] header) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean itself = i >= 148 && i < 156;
            sum += itself ? ' ' : header[i] & 255;
        }
        return sum;
    }

    private static String text(byte[] header, int from, int length) {
        String text = new String(header, from, length, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    private static long octal(byte[] header, int from, int length) throws IOException {
        String digits = text(header, from, length).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw new IOException("a header of the archive is damaged");
        }
        return Long.parseLong(digits, 8);
    }
}
