package ardent.evaluate;

import ardent.attack.Attack;
import ardent.data.Origin;
import ardent.elsewhere.ImagePart;
import ardent.elsewhere.Parcel;
import ardent.network.Network;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

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
record EvaluationShard(
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
