package ardent.evaluate;

import ardent.attack.Attack;
import ardent.data.Images;
import ardent.data.Origin;
import ardent.elsewhere.Parcel;
import ardent.network.Network;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Some of the images of an evaluation, whole batches of it, and all that it takes to measure a network on them as the whole evaluation
 * would.
 *
 * @param name of the network
 * @param network what is measured
 * @param data where all the images come from
 * @param from first image
 * @param to the image after the last
 * @param whole whether all the images are found where their origin says, and not only these
 * @param attacks in their order
 * @param protocol of the evaluation
 * @param shown images of the evaluation that are shown
 */
record EvaluationShard(
        String name,
        Network network,
        Origin data,
        int from,
        int to,
        boolean whole,
        List<Attack> attacks,
        Protocol protocol,
        List<Integer> shown)
        implements Parcel.Contents {
    @Override
    public List<Origin> images() {
        return List.of(data);
    }

    @Override
    public Map<String, byte[]> run(Parcel parcel, Parcel.Place place) {
        Images found = parcel.images(data, place);
        Images part = whole ? found.select(IntStream.range(from, to).toArray()) : found;
        Set<Integer> here = shown.stream().map(i -> i - from).collect(Collectors.toSet());
        return new Measurement(part, attacks, protocol, place.task(), null)
                .from(from / protocol.batchSize(), here)
                .part(new Subject(name, network))
                .filter(measured -> measured.attacks().size() == attacks.size())
                .orElseThrow(() -> new CancellationException("The evaluation was stopped."))
                .bytes();
    }
}
