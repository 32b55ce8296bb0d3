package ardent.provenance;

import com.oracle.labs.mlrg.olcut.provenance.ObjectProvenance;
import com.oracle.labs.mlrg.olcut.provenance.Provenance;
import com.oracle.labs.mlrg.olcut.provenance.primitives.StringProvenance;
import com.oracle.labs.mlrg.olcut.util.Pair;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node of a description as OLCUT knows it: named values, among them {@code class-name}.
 *
 * <p>Lists and maps are such objects too, with positions and keys as names: OLCUT's own lists of lists of objects do not
 * survive its marshalling.
 */
public class RecordProvenance implements ObjectProvenance {
    private static final long serialVersionUID = 1;

    private final String className;
    private final TreeMap<String, Provenance> values;

    /**
     * The constructor that OLCUT calls when it reads a file.
     *
     * @param values what is known by name; {@code class-name} is a text
     */
    public RecordProvenance(Map<String, Provenance> values) {
        if (!(values.get(CLASS_NAME) instanceof StringProvenance name)) {
            throw new IllegalArgumentException("A provenance names its class as text.");
        }
        this.className = name.getValue();
        this.values = new TreeMap<>(values);
    }

    @Override
    public String getClassName() {
        return className;
    }

    /**
     * What is known.
     *
     * @return values by name, {@code class-name} among them
     */
    public Map<String, Provenance> values() {
        return Map.copyOf(values);
    }

    @Override
    public Iterator<Pair<String, Provenance>> iterator() {
        return values.entrySet().stream()
                .map(entry -> new Pair<>(entry.getKey(), entry.getValue()))
                .iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordProvenance that && getClass() == that.getClass() && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return generateString("Ardent");
    }
}
