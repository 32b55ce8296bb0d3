package ardent.grid;

import ardent.network.Classifier;
import ardent.network.Weights;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The networks that a method holds, by the weights they have now: an origin tells only how they once came about. */
final class HeldTeachers {
    private HeldTeachers() {}

    /** SHA-256 of the weights of every network in a record, in the order of its components. */
    static List<String> hashes(Object holder) {
        var hashes = new ArrayList<String>();
        collect(holder, hashes);
        return hashes;
    }

    private static void collect(@Nullable Object value, List<String> hashes) {
        if (value instanceof Classifier network) {
            hashes.add(Weights.sha256(network.layers().all()));
        } else if (value instanceof List<?> list) {
            list.forEach(item -> collect(item, hashes));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(item -> collect(item, hashes));
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresent(item -> collect(item, hashes));
        } else if (value instanceof Record record) {
            for (RecordComponent component : record.getClass().getRecordComponents()) {
                collect(read(record, component), hashes);
            }
        }
    }

    private static @Nullable Object read(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    record.getClass().getName() + " does not give its component " + component.getName() + ".", e);
        }
    }
}
