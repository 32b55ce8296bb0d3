package ardent.evaluate;

import ardent.provenance.RecordProvenance;
import com.oracle.labs.mlrg.olcut.provenance.Provenance;
import java.util.Map;
import org.tribuo.provenance.DataProvenance;

/** The images of an evaluation as Tribuo records them: their origin, and the attack that changed them. */
public final class DataRecord extends RecordProvenance implements DataProvenance {
    private static final long serialVersionUID = 1;

    /**
     * The constructor that OLCUT calls when it reads a file.
     *
     * @param values what is known by name
     */
    public DataRecord(Map<String, Provenance> values) {
        super(values);
    }
}
