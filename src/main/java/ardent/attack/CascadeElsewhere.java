package ardent.attack;

import ai.djl.ndarray.NDArray;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.elsewhere.ImagePart;
import ardent.elsewhere.Packing;
import ardent.elsewhere.Parcel;
import ardent.elsewhere.Parts;
import ardent.elsewhere.Workers;
import ardent.network.Network;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Folder;
import ardent.tensor.BatchBounds;
import ardent.tensor.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** A cascade that other programs run, some of the images at a time; each part comes back as its journal. */
public final class CascadeElsewhere {
    private static final String JOURNAL = "journal";

    private final StagedAttack attack;
    private final Network victim;
    private final Images images;
    private final Path folder;
    private final Work.Task task;
    private final BatchBounds parts;
    private final Packing packing = new Packing();
    private final CascadeResult[] results;

    /**
     * Some of the images.
     *
     * @param attack what runs
     * @param network the network to fool
     * @param part of the images
     */
    record Part(StagedAttack attack, Network network, ImagePart part) implements Parcel.Contents {
        @Override
        public List<Origin> images() {
            return List.of(part.data());
        }

        @Override
        public Map<String, byte[]> run(Parcel parcel, Parcel.Place place) {
            Path journal = place.folder().resolve(JOURNAL);
            CascadeElsewhere.run(attack, network, part.find(parcel, place), journal, false, place.task());
            try {
                return Map.of(JOURNAL, Files.readAllBytes(journal));
            } catch (IOException e) {
                throw new UncheckedIOException("The journal " + journal + " cannot be read: " + e + ".", e);
            }
        }
    }

    private CascadeElsewhere(StagedAttack attack, Network victim, Images images, Path folder, Work.Task task) {
        this.attack = attack;
        this.victim = victim;
        this.images = images;
        this.folder = folder;
        this.task = task;
        parts = Parts.of(images.size(), attack.batch(), 1);
        results = new CascadeResult[parts.count()];
    }

    /**
     * Runs a cascade elsewhere. What each image gets is what it gets here, whatever the number of parts.
     *
     * @param attack the cascade
     * @param victim the network to fool
     * @param images clean images
     * @param folder takes the journal of each part as it comes back; parts that are there are not done again
     * @param workers who runs it
     * @param task receives progress and tells when to stop
     * @return the result as of one run, but for costs and times, which are added up
     * @throws IllegalArgumentException in one sentence, before work starts, if the attack or the network cannot be told to others, if
     *     results would depend on how the images are shared out, or if a journal belongs to another attack, network or images
     * @throws CancellationException if it was stopped; what came back is kept
     */
    public static CascadeResult run(
            StagedAttack attack, Network victim, Images images, Path folder, Workers workers, Work.Task task) {
        Arguments.given("attack, victim, images, folder, workers, task", attack, victim, images, folder, workers, task);
        Packing.require(attack.label(images.classCount()), attack);
        Packing.require("the network", victim);
        return new CascadeElsewhere(attack, victim, images, folder, task).run(workers);
    }

    /**
     * Refuses a cascade whose results depend on how images are shared out.
     *
     * @param attack the cascade
     * @param parts number of parts
     * @throws IllegalArgumentException in one sentence, if it is in {@link Mode#PARITY} and there are several
     */
    public static void requireParts(StagedAttack attack, int parts) {
        if (attack.mode() == Mode.PARITY && parts > 1) {
            throw new IllegalArgumentException(attack.label()
                    + " in PARITY mode cuts the images that remain correctly classified into batches, so that " + parts
                    + " parts would give another result than one run: take Mode.FAST, or run it in this program.");
        }
    }

    private CascadeResult run(Workers workers) {
        requireParts(attack, results.length);
        for (int i = 0; i < results.length; i++) {
            if (Files.exists(journal(i))) {
                results[i] = read(i);
            }
        }
        IntStream missing = IntStream.range(0, results.length).filter(i -> results[i] == null);
        if (!Parts.run(workers, missing, this::pack, (part, result, place) -> take(part, result), task)) {
            throw new CancellationException(attack.label(images.classCount()) + " was stopped.");
        }
        return CascadeResult.joined(Arrays.asList(results), attack.attacks(images.classCount()));
    }

    private ImagePart part(int number) {
        int from = parts.from(number);
        return ImagePart.of(images, from, parts.end(from));
    }

    private Path journal(int number) {
        ImagePart part = part(number);
        return folder.resolve("images-" + part.from() + "-" + (part.to() - 1) + ".journal");
    }

    private Parcel pack(int number) {
        ImagePart part = part(number);
        return packing.pack(
                attack.label(images.classCount()) + ", " + part, new Part(attack, victim, part), part.bytes(images));
    }

    private boolean take(int part, Map<String, byte[]> result) {
        byte[] journal = Objects.requireNonNull(result.get(JOURNAL), JOURNAL);
        Folder.write(journal(part), out -> out.write(journal));
        results[part] = read(part);
        return true;
    }

    /** What a journal tells; the first batch is also checked for reasons to doubt attacks by gradients. */
    private CascadeResult read(int part) {
        return run(attack, victim, part(part).of(images), journal(part), part == 0, task);
    }

    private static CascadeResult run(
            StagedAttack attack, Network network, Images images, Path journal, boolean checks, Work.Task task) {
        var options = new CascadeOptions()
                .checks(checks)
                .journal(journal)
                .watch(attack.label(images.classCount()), task, CascadeOptions.Listener.NONE);
        try (NDArray pixels = images.pixels(Torch.manager());
                NDArray labels = images.labels(Torch.manager())) {
            return attack.run(network, pixels, labels, options);
        }
    }
}
