package ardent.elsewhere;

import ai.djl.engine.EngineException;
import ardent.data.DataException;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.data.PackedImages;
import ardent.data.Recall;
import ardent.network.Classifier;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;

/**
 * A work that another program does, perhaps on another machine: what it is as JSON, and beside it the bytes of what no
 * description holds.
 *
 * @param name of the work, for reading
 * @param json the description of its {@link Contents}
 * @param shared what several works need: the files of networks, and images given in memory
 * @param own what this one needs alone
 */
public record Parcel(String name, String json, Map<String, byte[]> shared, Map<String, byte[]> own) {
    /** Key under which a result says why the work failed. */
    public static final String FAILURE = ".failure";

    /** Key under which a result has the hash of its other entries. */
    public static final String SEAL = ".sha256";

    /** What a parcel tells: a record that knows how to do its work. */
    public interface Contents {
        /**
         * Where the images come from that the work needs.
         *
         * @return origins, for {@link Parcel#images}
         */
        List<Origin> images();

        /**
         * Does the work.
         *
         * @param parcel the parcel that told it, which has its images
         * @param place where
         * @return its results, by name
         * @throws CancellationException if it was asked to stop
         */
        Map<String, byte[]> run(Parcel parcel, Place place);
    }

    /** Where a work is done. */
    public static final class Place {
        private final Path folder;
        private final Map<String, Object> kept;
        private final Work.Task task;

        /**
         * A place.
         *
         * @param folder an empty folder to work in
         * @param kept takes networks and images of earlier works for later ones; empty to begin with
         * @param task receives progress and tells when to stop
         */
        public Place(Path folder, Map<String, Object> kept, Work.Task task) {
            this.folder = folder;
            this.kept = kept;
            this.task = task;
        }

        /**
         * The folder to work in.
         *
         * @return empty when the work begins
         */
        public Path folder() {
            return folder;
        }

        /**
         * What the work tells of itself to.
         *
         * @return also tells when to stop
         */
        public Work.Task task() {
            return task;
        }
    }

    /** A network in a description, whose file travels beside it. */
    record Packed(String key) {}

    /** Copies the maps, not the bytes. */
    public Parcel {
        Arguments.given("name, json", name, json);
        shared = Arguments.all("shared", shared);
        own = Arguments.all("own", own);
    }

    /**
     * Does the work here.
     *
     * @param place where
     * @return its results by name, and what {@link #intact} needs
     * @throws CancellationException if it was asked to stop
     * @throws UncheckedIOException if the folder cannot be written
     */
    public Map<String, byte[]> run(Place place) {
        var result = new LinkedHashMap<String, byte[]>();
        try {
            result.putAll(contents(place).run(this, place));
        } catch (IllegalArgumentException | DataException | EngineException e) { // as it would be anywhere
            result.put(FAILURE, bytes(String.valueOf(e.getMessage())));
        }
        result.put(SEAL, bytes(hash(result)));
        return result;
    }

    /**
     * Opens what the work needs, before there is work.
     *
     * @param place where
     * @throws DataException in one sentence, if images are missing or other ones
     * @throws UncheckedIOException in one sentence, if the folder cannot be written
     */
    public void check(Place place) {
        contents(place).images().forEach(origin -> images(origin, place));
    }

    /**
     * The results of a work, if they came back as they were sent.
     *
     * @param result what came back
     * @return the same without its hash; empty if it is damaged
     */
    static Map<String, byte[]> intact(Map<String, byte[]> result) {
        var rest = new LinkedHashMap<>(result);
        byte[] seal = rest.remove(SEAL);
        return seal != null && hash(rest).equals(text(seal)) ? rest : Map.of();
    }

    /**
     * Images that the work needs: loaded here, or those that travelled.
     *
     * @param origin where they come from
     * @param place where they are kept
     * @return the images
     * @throws DataException in one sentence, if they are missing or other ones
     */
    public Images images(Origin origin, Place place) {
        String key = Packing.key(origin);
        byte[] packed = own.get(key);
        return packed != null
                ? PackedImages.unpack(packed, origin)
                : (Images) place.kept.computeIfAbsent(key, none -> {
                    byte[] bytes = shared.get(key);
                    return bytes == null ? Recall.of(origin) : PackedImages.unpack(bytes, origin);
                });
    }

    private Contents contents(Place place) {
        return (Contents) Description.parse(json).rebuild((packed, wanted) -> network(((Packed) packed).key(), place));
    }

    private Object network(String key, Place place) {
        return place.kept.computeIfAbsent(key, none -> {
            byte[] bytes = shared.get(key);
            if (bytes == null) {
                throw new IllegalArgumentException("The work " + name + " came without " + key + ".");
            }
            Path file = place.folder().resolve("network.safetensors");
            try {
                Files.write(file, bytes);
                Classifier network = Classifier.load(file);
                Files.delete(file);
                return network;
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The folder " + place.folder() + ", where executors work, cannot be written (" + e
                                + "): free its disk, or give them another one.",
                        e);
            }
        });
    }

    private static String hash(Map<String, byte[]> result) {
        var hashes = new StringBuilder();
        new TreeMap<>(result).forEach((name, bytes) -> hashes.append(name).append(Sha256.of(bytes)));
        return Sha256.of(hashes.toString());
    }

    /**
     * A text as bytes.
     *
     * @param text a text
     * @return its bytes
     */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * A text again.
     *
     * @param bytes as {@link #bytes} gave them
     * @return the text
     */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
