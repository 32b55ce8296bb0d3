package ardent.network.file;

import ai.djl.ndarray.NDArray;
import ardent.network.WeightContent;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What keeps a damaged file of this kit from being taken for a whole one: in its metadata a format version, and a hash over
 * every name, shape, value and text.
 *
 * <p>The hash is that of a text of one line each, in the order of their names: {@code text KEY SHA-256} for the metadata but
 * the seal, and {@code array NAME TYPE SHAPE SHA-256} for the weights as they lie in the file. It does not depend on how the
 * header is spelled, so that another writer of JSON leaves it valid.
 */
public final class WeightSeal {
    /** Format 1 had neither a version nor a seal. */
    static final int FORMAT = 2;

    private static final String VERSION = "ardent.format";
    private static final String SEAL = "ardent.seal";
    /** The name that tables print. */
    public static final String NAME = "ardent.name";
    /** The shape of one image. */
    public static final String IMAGE = "ardent.image";
    /** The number of classes. */
    public static final String CLASSES = "ardent.classes";
    /** The names of the classes by label, in JSON, where they are known. */
    public static final String CLASS_NAMES = "ardent.classNames";
    /** The description of the architecture. */
    public static final String ARCHITECTURE = "ardent.architecture";
    /** The description of where the weights come from. */
    public static final String ORIGIN = "ardent.origin";

    private static final Set<String> FIRST = Set.of(NAME, IMAGE, CLASSES, ARCHITECTURE, ORIGIN);

    private static final String DAMAGED = "it is damaged, because its contents do not have the hash that was saved with"
            + " them; fetch or copy it again";

    private WeightSeal() {}

    /** The metadata with version and seal. */
    public static Map<String, String> on(Map<String, NDArray> arrays, Map<String, String> about) {
        var sealed = new LinkedHashMap<String, String>();
        sealed.put(VERSION, Integer.toString(FORMAT));
        sealed.putAll(about);
        sealed.put(SEAL, hash(arrays, sealed));
        return sealed;
    }

    /**
     * Requires that a file is as it was written. Of a file of format 1 only the weights can be checked, and only where its
     * origin tells their hash.
     *
     * @throws IllegalArgumentException with half a sentence, if the file is damaged or of a later format
     */
    public static void require(WeightContent content) {
        Map<String, String> about = content.metadata();
        if (about.keySet().stream().noneMatch(key -> key.startsWith("ardent."))) {
            return;
        }
        String version = about.get(VERSION);
        if (version == null) {
            requireFirst(content);
            return;
        }
        if (version.matches("[1-9][0-9]{0,8}") && Integer.parseInt(version) > FORMAT) {
            throw new IllegalArgumentException("it has format " + version + " and this version of Ardent reads up to "
                    + FORMAT + "; open it with the later Ardent that wrote it");
        }
        if (!content.unread().isEmpty() || !hash(content.arrays(), about).equals(about.get(SEAL))) {
            throw new IllegalArgumentException(DAMAGED);
        }
    }

    private static void requireFirst(WeightContent content) {
        if (!content.unread().isEmpty() || !content.metadata().keySet().equals(FIRST)) {
            throw new IllegalArgumentException(DAMAGED);
        }
        String origin = content.metadata().getOrDefault(ORIGIN, "");
        Description.parse(origin)
                .at("weights")
                .filter(hash -> !hash.equals(weights(content.arrays())))
                .ifPresent(hash -> {
                    throw new IllegalArgumentException(DAMAGED);
                });
    }

    private static String hash(Map<String, NDArray> arrays, Map<String, String> about) {
        var text = new StringBuilder();
        new TreeMap<>(about).forEach((key, value) -> {
            if (!key.equals(SEAL)) {
                text.append("text ")
                        .append(key)
                        .append(' ')
                        .append(Sha256.of(value))
                        .append('\n');
            }
        });
        new TreeMap<>(arrays)
                .forEach((name, array) -> text.append("array ")
                        .append(name)
                        .append(' ')
                        .append(NumberType.of(array.getDataType()))
                        .append(' ')
                        .append(array.getShape())
                        .append(' ')
                        .append(hash(array))
                        .append('\n'));
        return Sha256.of(text.toString());
    }

    /** The SHA-256 of weights alone, as a file without metadata holds them. */
    public static String weights(Map<String, NDArray> arrays) {
        return Sha256.of(out -> Safetensors.write(out, arrays, Map.of()));
    }

    private static String hash(NDArray array) {
        MessageDigest digest = Sha256.digest();
        digest.update(NumberType.bytes(array));
        return Sha256.text(digest);
    }
}
