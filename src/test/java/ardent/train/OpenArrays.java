package ardent.train;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Structure;
import java.lang.reflect.Field;
import java.util.Map;

/** What the engine holds. */
public final class OpenArrays {
    private OpenArrays() {}

    /** Arrays of a manager and of all below it. */
    public static long below(NDManager manager) {
        try {
            Field field = BaseNDManager.class.getDeclaredField("resources");
            field.setAccessible(true);
            long count = 0;
            for (Object each : ((Map<?, ?>) field.get(manager)).values()) {
                count += each instanceof NDArray ? 1 : each instanceof NDManager under ? below(under) : 0;
            }
            return count;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** Bytes that programs in C have taken and not given back; 0 where the system's library does not tell. */
    static long bytes() {
        try {
            return Native.load("c", C.class).mallinfo2().uordblks.longValue();
        } catch (UnsatisfiedLinkError e) {
            return 0;
        }
    }

    /** GNU's C library, 2.33 and later. */
    public interface C extends Library {
        /** Sums of all arenas. */
        Taken mallinfo2();
    }

    /** {@code struct mallinfo2}. */
    @Structure.FieldOrder({
        "arena",
        "ordblks",
        "smblks",
        "hblks",
        "hblkhd",
        "usmblks",
        "fsmblks",
        "uordblks",
        "fordblks",
        "keepcost"
    })
    public static final class Taken extends Structure implements Structure.ByValue {
        public NativeLong arena;
        public NativeLong ordblks;
        public NativeLong smblks;
        public NativeLong hblks;
        public NativeLong hblkhd;
        public NativeLong usmblks;
        public NativeLong fsmblks;
        public NativeLong uordblks;
        public NativeLong fordblks;
        public NativeLong keepcost;
    }
}
