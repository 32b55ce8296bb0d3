package ardent.elsewhere;

import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.tensor.BatchBounds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A work in parts that other programs do, each part until it comes back whole; what came back is not collected here. */
public final class Parts {
    private static final int ATTEMPTS = 3;
    private static final int MOST = 2000;
    private static final long GLANCE_MILLIS = 50;

    private final Workers workers;
    private final IntFunction<Parcel> pack;
    private final Receiver receiver;
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final Map<Integer, Away> away = new LinkedHashMap<>();
    private final Map<Integer, Integer> attempts = new HashMap<>();
    /** The first one that waits, packed, while everybody is busy. */
    private @Nullable Parcel next;

    /** A part that somebody is at, or is to be at next. */
    private record Away(Parcel parcel, Future<Map<String, byte[]>> result, List<String> places) {}

    /** Takes what comes back. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * Takes the result of a part.
         *
         * @param part its number
         * @param result its result, as it was sent
         * @param place where it was done
         * @return false if it is not what was asked for: then it is done once more
         */
        boolean take(int part, Map<String, byte[]> result, String place);
    }

    /**
     * Cuts images into parts: at most 2,000, and none but the last smaller than a batch, since small batches take more work.
     *
     * @param images how many there are
     * @param batch images in the largest batch of the work
     * @param unit a part is a multiple of so many images
     * @return where the parts begin and end
     */
    public static BatchBounds of(int images, int batch, int unit) {
        long size = Math.max(batch, images / MOST);
        return new BatchBounds(images, (int) Math.min(Integer.MAX_VALUE, (size + unit - 1) / unit * unit));
    }

    private Parts(Workers workers, IntFunction<Parcel> pack, Receiver receiver) {
        this.workers = workers;
        this.pack = pack;
        this.receiver = receiver;
    }

    /**
     * Has all parts done; only as many as are being done are packed at a time.
     *
     * @param workers who does them
     * @param parts their numbers
     * @param pack packs a part
     * @param receiver takes what comes back, in any order
     * @param task receives progress and tells when to stop: what is not back then is given up
     * @return false if it was stopped
     * @throws IllegalArgumentException if a part failed as it would anywhere
     * @throws IllegalStateException in one sentence, if a part cannot be done elsewhere
     */
    public static boolean run(
            Workers workers, IntStream parts, IntFunction<Parcel> pack, Receiver receiver, Work.Task task) {
        Arguments.given("workers, parts, pack, receiver, task", workers, parts, pack, receiver, task);
        var all = new Parts(workers, pack, receiver);
        parts.forEach(all.waiting::add);
        return all.run(task);
    }

    private boolean run(Work.Task task) {
        int all = waiting.size();
        try {
            while (!waiting.isEmpty() || !away.isEmpty()) {
                if (task.stopping()) {
                    return false;
                }
                handOut();
                Map<String, String> places = places();
                int back = all - waiting.size() - away.size();
                task.report(
                        back + " of " + all + " parts done, " + places.size() + " running, "
                                + (all - back - places.size()) + " waiting",
                        back,
                        all,
                        places);
                Thread.sleep(GLANCE_MILLIS);
                away.entrySet().stream()
                        .filter(each -> each.getValue().result().isDone())
                        .map(Map.Entry::getKey)
                        .toList()
                        .forEach(this::settle);
            }
            task.report("all " + all + " parts are done", all, all, Map.of());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            away.values().forEach(each -> each.result().cancel(true));
        }
    }

    private void handOut() {
        while (!waiting.isEmpty()) {
            Parcel parcel = next == null ? pack.apply(waiting.element()) : next;
            var places = new CopyOnWriteArrayList<String>();
            var taken = workers.take(parcel, places::add);
            next = taken.isEmpty() ? parcel : null;
            if (taken.isEmpty()) {
                return;
            }
            away.put(waiting.remove(), new Away(parcel, taken.get(), places));
        }
    }

    private Map<String, String> places() {
        var places = new LinkedHashMap<String, String>();
        away.values().stream()
                .filter(each -> !each.places().isEmpty())
                .forEach(each -> places.put(each.parcel().name(), last(each)));
        return places;
    }

    private static String last(Away each) {
        return each.places().isEmpty()
                ? "another program"
                : each.places().get(each.places().size() - 1);
    }

    private void settle(int part) {
        Away back = Objects.requireNonNull(away.remove(part), "a part that is away");
        String name = back.parcel().name();
        try {
            Map<String, byte[]> result = Parcel.intact(back.result().get());
            byte[] failure = result.get(Parcel.FAILURE);
            if (failure != null) {
                throw new IllegalArgumentException(Parcel.text(failure));
            }
            if (!result.isEmpty() && receiver.take(part, result, last(back))) {
                return;
            }
            if (attempts.merge(part, 1, Integer::sum) == ATTEMPTS) {
                throw new IllegalStateException("The result of " + name + " from " + last(back) + " was damaged "
                        + ATTEMPTS + " times: check that host's memory and network, or exclude it.");
            }
            waiting.addLast(part); // behind the one that is packed
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(
                    "On the cluster, " + name + " could not be computed: " + cause.getMessage(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("a result that is there is not waited for", e);
        }
    }
}
