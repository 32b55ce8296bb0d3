package ardent.attack.cascade;

import ardent.attack.Cost;
import ardent.attack.cascade.CascadeState.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;

/** Entries of a ledger as bytes, and back. */
final class JournalFormat {
    private JournalFormat() {}

    static byte[] encode(Entry entry) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(entry.stage());
            out.writeLong(entry.position());
            out.writeInt(entry.outside());
            out.writeInt(entry.unstable());
            out.writeLong(entry.cost().forwards());
            out.writeLong(entry.cost().backwards());
            out.writeLong(entry.cost().images());
            out.writeLong(entry.nanos());
            out.writeInt(entry.rows().size());
            for (int i = 0; i < entry.rows().size(); i++) {
                out.writeInt(entry.rows().get(i));
                float[] pixels =
                        entry.images().isEmpty() ? new float[0] : entry.images().get(i);
                out.writeInt(pixels.length);
                for (float pixel : pixels) {
                    out.writeFloat(pixel);
                }
            }
        }
        return bytes.toByteArray();
    }

    static Entry decode(byte[] record) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(record))) {
            int stage = in.readInt();
            long position = in.readLong();
            int outside = in.readInt();
            int unstable = in.readInt();
            Cost cost = new Cost(in.readLong(), in.readLong(), in.readLong());
            long nanos = in.readLong();
            int count = in.readInt();
            var rows = new ArrayList<Integer>();
            var images = new ArrayList<float[]>();
            for (int i = 0; i < count; i++) {
                rows.add(in.readInt());
                float[] pixels = new float[in.readInt()];
                for (int j = 0; j < pixels.length; j++) {
                    pixels[j] = in.readFloat();
                }
                images.add(pixels);
            }
            return new Entry(stage, position, rows, images, outside, unstable, cost, nanos);
        }
    }
}
