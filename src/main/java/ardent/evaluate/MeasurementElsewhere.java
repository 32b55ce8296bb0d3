package ardent.evaluate;

import ardent.attack.Attack;
import ardent.attack.CascadeElsewhere;
import ardent.attack.StagedAttack;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.elsewhere.ImagePart;
import ardent.elsewhere.Packing;
import ardent.elsewhere.Parcel;
import ardent.elsewhere.Parts;
import ardent.elsewhere.Workers;
import ardent.network.Network;
import ardent.progress.Work;
import ardent.provenance.Environment;
import ardent.tensor.BatchBounds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An evaluation that other programs do, some of the images at a time. */
final class MeasurementElsewhere {
    private final Workers workers;
    private final Images images;
    private final List<Attack> attacks;
    private final Protocol protocol;
    private final List<Integer> shown;
    private final Work.Task task;
    private final BatchBounds shards;
    private final Packing packing = new Packing();
    private final Map<Environment, Set<String>> places = new LinkedHashMap<>();

    /**
     * Some of the images of an evaluation, whole batches of it, and all that it takes to measure a network on them as the whole evaluation
     * would.
     *
     * @param name of the network
     * @param network what is measured
     * @param part of the images
     * @param attacks in their order
     * @param protocol of the evaluation
     * @param shown images of the evaluation that are shown
     */
    record Shard(
            String name, Network network, ImagePart part, List<Attack> attacks, Protocol protocol, List<Integer> shown)
            implements Parcel.Contents {
        @Override
        public List<Origin> images() {
            return List.of(part.data());
        }

        @Override
        public Map<String, byte[]> run(Parcel parcel, Parcel.Place place) {
            Set<Integer> here = shown.stream().map(i -> i - part.from()).collect(Collectors.toSet());
            return new Measurement(part.find(parcel, place), attacks, protocol, place.task(), null)
                    .from(part.from() / protocol.batchSize(), here)
                    .part(new Subject(name, network))
                    .filter(measured -> measured.attacks().size() == attacks.size())
                    .orElseThrow(() -> new CancellationException("The evaluation was stopped."))
                    .bytes();
        }
    }

    MeasurementElsewhere(
            Workers workers,
            Images images,
            List<Attack> attacks,
            Protocol protocol,
            Set<Integer> shown,
            Work.Task task) {
        this.workers = workers;
        this.images = images;
        this.attacks = attacks;
        this.protocol = protocol;
        this.shown = List.copyOf(shown);
        this.task = task;
        List<StagedAttack> cascades = attacks.stream()
                .filter(StagedAttack.class::isInstance)
                .map(StagedAttack.class::cast)
                .toList();
        int batch = cascades.stream().mapToInt(StagedAttack::batch).max().orElse(1);
        shards = Parts.of(images.size(), batch, protocol.batchSize());
        cascades.forEach(cascade -> CascadeElsewhere.requireParts(cascade, shards.count()));
        attacks.forEach(attack -> Packing.require(attack.label(images.classCount()), attack));
    }

    /** Measures all networks; what is not whole when the work is stopped is empty. */
    List<Optional<MeasuredPart>> measure(List<Subject> subjects) {
        subjects.forEach(subject -> Packing.require(subject.name(), subject.network()));
        int count = shards.count();
        var parts = new MeasuredPart[subjects.size() * count];
        Parts.run(
                workers,
                IntStream.range(0, parts.length),
                i -> pack(subjects.get(i / count), i % count),
                (i, result, place) -> {
                    parts[i] = MeasuredPart.of(result);
                    places.computeIfAbsent(parts[i].environment(), none -> new TreeSet<>())
                            .add(place);
                    return true;
                },
                task);
        var measured = new ArrayList<Optional<MeasuredPart>>();
        for (int i = 0; i < subjects.size(); i++) {
            List<MeasuredPart> all = Arrays.asList(parts).subList(i * count, (i + 1) * count);
            measured.add(
                    all.stream().allMatch(Objects::nonNull)
                            ? Optional.of(MeasuredPart.joined(all, attacks, images.classCount()))
                            : Optional.empty());
        }
        return measured;
    }

    private Parcel pack(Subject subject, int shard) {
        int from = shards.from(shard);
        var part = ImagePart.of(images, from, shards.end(from));
        var contents = new Shard(
                subject.name(),
                subject.network(),
                part,
                attacks,
                protocol,
                shown.stream().filter(i -> i >= part.from() && i < part.to()).toList());
        return packing.pack(subject.name() + ", " + part, contents, part.bytes(images));
    }

    /** That of the executors and where they are, with the commit of this program. */
    Environment environment(Environment here) {
        if (places.isEmpty()) {
            return here;
        }
        Environment there = places.keySet().iterator().next();
        String devices = places.entrySet().stream()
                .map(each -> each.getKey().device() + " of " + String.join(", ", each.getValue()))
                .collect(Collectors.joining("; "));
        return new Environment(
                there.ardent(),
                each(Environment::engine),
                devices,
                there.threads(),
                each(Environment::java),
                each(Environment::vendor),
                each(Environment::os),
                each(Environment::architecture),
                there.processors(),
                here.commit(),
                here.tree());
    }

    private String each(Function<Environment, String> what) {
        return places.keySet().stream().map(what).distinct().collect(Collectors.joining(", "));
    }
}
