package ardent.elsewhere;

import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.PackedImages;
import ardent.data.Recall;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.provenance.Arguments;
import ardent.provenance.Described;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Packs works for other programs; what several of them share is packed once. */
public final class Packing {
    /** Largest size of images that travel to everybody, in bytes. */
    static final long MOST = 256L << 20;

    private final Map<String, byte[]> bytes = new LinkedHashMap<>();
    private final IdentityHashMap<Described, Parcel.Packed> networks = new IdentityHashMap<>();

    /**
     * Whether all of a value can be told to another program.
     *
     * @param value such as an attack or a network
     * @return false if a lambda or a class of one's own is in it, or a network that is no {@link Classifier} or of an architecture
     *     of one's own
     */
    public static boolean travels(Object value) {
        var others = new ArrayList<Described>();
        Description told = Description.of(Arguments.given("value", value), described -> {
            if (!(described instanceof Classifier network && isBuilt(network.architecture()))) {
                others.add(described);
            }
            return new Parcel.Packed("");
        });
        return others.isEmpty() && told.repeatable();
    }

    /** Whether the file of a network of such an architecture is enough to load it. */
    private static boolean isBuilt(Architecture architecture) {
        return Description.of(architecture).repeatable();
    }

    /**
     * Refuses what cannot be told to another program.
     *
     * @param name how it is called
     * @param value such as an attack or a network
     * @throws IllegalArgumentException in one sentence
     */
    public static void require(String name, Object value) {
        if (!travels(value)) {
            throw new IllegalArgumentException("It is not possible to send " + name
                    + " to another program, because it is or contains a lambda, a class of one's own or a network"
                    + " that is not a Classifier: leave it out, or measure it in this program.");
        }
    }

    /**
     * Whether images are known to this program alone, so that they travel as bytes.
     *
     * @param origin where they come from
     * @return false for published data, which others load themselves
     */
    static boolean own(Origin origin) {
        return !Recall.knows(origin);
    }

    /**
     * Packs images that every work needs, if others cannot load them themselves.
     *
     * @param images the images
     * @throws IllegalArgumentException in one sentence, if they are too large
     */
    public void share(Images images) {
        Origin origin = images.origin();
        if (!own(origin)) {
            return;
        }
        long size = images.size() * images.shape().size();
        if (size > MOST) {
            throw new IllegalArgumentException(
                    "The images " + origin + " are not of a published data set that workers load"
                            + " themselves, and are " + (size >> 20) + " MB, of which a cluster takes " + (MOST >> 20)
                            + " MB: take fewer of them, or work on this machine.");
        }
        bytes.put(key(origin), PackedImages.pack(images));
    }

    /**
     * Packs a work.
     *
     * @param name of the work, for reading
     * @param contents a record that tells it
     * @param own what it needs alone
     * @return JSON and bytes
     */
    public Parcel pack(String name, Parcel.Contents contents, Map<String, byte[]> own) {
        var shared = new LinkedHashMap<String, byte[]>();
        String json = Description.of(contents, described -> {
                    Parcel.Packed network = networks.computeIfAbsent(described, this::pack);
                    share(network.key(), shared);
                    return network;
                })
                .json();
        contents.images().forEach(origin -> share(key(origin), shared));
        return new Parcel(name, json, shared, own);
    }

    private void share(String key, Map<String, byte[]> shared) {
        byte[] packed = bytes.get(key);
        if (packed != null) {
            shared.put(key, packed);
        }
    }

    private Parcel.Packed pack(Described described) {
        var network = (Classifier) described;
        String key = "the network " + network.sha256();
        bytes.computeIfAbsent(key, none -> {
            var out = new ByteArrayOutputStream();
            try {
                network.write(out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        });
        return new Parcel.Packed(key);
    }

    /** Under which images are found that travel. */
    static String key(Origin origin) {
        return "images " + Sha256.of(Description.of(origin).json());
    }
}
