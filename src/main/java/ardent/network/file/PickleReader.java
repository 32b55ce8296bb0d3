package ardent.network.file;

import ardent.network.file.PickleNames.Global;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Python's pickles of protocols 0 to 5, read without Python: a stack of plain values that runs nothing.
 *
 * <p>Numbers become {@code Long}, {@code BigInteger} or {@code Double}, tuples and lists {@code List}, dictionaries
 * {@code Map}, None an empty {@code Optional}; names lead to {@link PickleNames} or to a refusal. Work and memory are bounded
 * by a {@link ReadingLimits}, and nothing here descends into what was built, so that deep nesting and cycles do no harm.
 */
final class PickleReader {
    private static final Object NONE = Optional.empty();
    private static final int MOST_DIGITS = 1000;

    private final ByteBuffer in;
    private final Function<List<?>, Object> persistent;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private final ReadingLimits budget;

    /**
     * A reader of one pickle after another.
     *
     * @param in bytes from position to limit; the position moves past what was read
     * @param persistent from the tuple that names something outside of the pickle to the value used in its place
     * @param budget what reading may take
     */
    PickleReader(ByteBuffer in, Function<List<?>, Object> persistent, ReadingLimits budget) {
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
        this.persistent = persistent;
        this.budget = budget;
    }

    /** The next pickle's value; refuses in half a sentence what is damaged or wants more than values. */
    Object next() {
        stack.clear();
        marks.clear();
        memo.clear();
        try {
            int code = in.get() & 0xff;
            while (code != '.') {
                if (!literal(code) && !container(code) && !object(code)) {
                    throw new IllegalArgumentException(
                            "its pickle has the unknown instruction " + code + " at byte " + (in.position() - 1));
                }
                budget.step(1);
                code = in.get() & 0xff;
            }
            return pop();
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("its pickle is cut off", e);
        }
    }

    private boolean literal(int code) {
        switch (code) {
            case 'N' -> push(NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) in.getInt());
            case 'K' -> push((long) (in.get() & 0xff));
            case 'M' -> push((long) (in.getShort() & 0xffff));
            case 'I', 'L', 'F' -> push(written(code, line()));
            case 0x8a -> push(integer(in.get() & 0xff));
            case 0x8b -> push(integer(in.getInt()));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 'S' -> push(unquoted(line()));
            case 'V' -> push(line());
            case 'U' -> push(text(in.get() & 0xff, StandardCharsets.ISO_8859_1));
            case 'T' -> push(text(in.getInt(), StandardCharsets.ISO_8859_1));
            case 'X' -> push(text(in.getInt() & 0xffff_ffffL, StandardCharsets.UTF_8));
            case 0x8c -> push(text(in.get() & 0xff, StandardCharsets.UTF_8));
            case 0x8d -> push(text(in.getLong(), StandardCharsets.UTF_8));
            case 'C' -> push(bytes(in.get() & 0xff));
            case 'B' -> push(bytes(in.getInt() & 0xffff_ffffL));
            case 0x8e, 0x96 -> push(bytes(in.getLong()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean container(int code) {
        switch (code) {
            case '(' -> marks.add(stack.size());
            case '0' -> drop();
            case '1' -> sinceMark();
            case '2' -> push(top());
            case ')' -> push(List.of());
            case 't' -> push(sinceMark());
            case 0x85 -> push(last(1));
            case 0x86 -> push(last(2));
            case 0x87 -> push(last(3));
            case ']' -> push(new ArrayList<>());
            case 'l' -> push(sinceMark());
            case 'a' -> append(last(1));
            case 'e' -> append(sinceMark());
            case '}' -> push(new LinkedHashMap<>());
            case 'd' -> {
                List<Object> pairs = sinceMark();
                push(new LinkedHashMap<>());
                put(pairs);
            }
            case 's' -> put(last(2));
            case 'u' -> put(sinceMark());
            case 0x8f -> push(PickleNames.INERT);
            case 0x90 -> append(sinceMark());
            case 0x91 -> {
                sinceMark();
                push(PickleNames.INERT);
            }
            case 'p' -> memo.put(new BigInteger(digits(line())).longValue(), top());
            case 'q' -> memo.put((long) (in.get() & 0xff), top());
            case 'r' -> memo.put(in.getInt() & 0xffff_ffffL, top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'g' -> push(remembered(new BigInteger(digits(line())).longValue()));
            case 'h' -> push(remembered(in.get() & 0xff));
            case 'j' -> push(remembered(in.getInt() & 0xffff_ffffL));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean object(int code) {
        switch (code) {
            case 0x80 -> protocol(in.get() & 0xff);
            case 0x95 -> in.getLong(); // the length of a frame, which reading from memory does not need
            case 'c' -> push(PickleNames.find(line(), line()));
            case 0x93 -> {
                List<Object> names = last(2);
                push(PickleNames.find(PickleNames.as(String.class, names, 0), PickleNames.as(String.class, names, 1)));
            }
            case 'R', 0x81 -> push(call(last(2)));
            case 0x92 -> push(call(last(3)));
            case 'i' -> {
                Global global = PickleNames.find(line(), line());
                push(call(global, sinceMark()));
            }
            case 'o' -> {
                List<Object> call = sinceMark();
                push(call(PickleNames.as(Global.class, call, 0), call.subList(1, call.size())));
            }
            case 'b' -> {
                last(1); // attributes, which weights do not need
                top();
            }
            case 'Q' -> push(persistent.apply(PickleNames.as(List.class, last(1), 0)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object call(List<Object> call) {
        return call(PickleNames.as(Global.class, call, 0), PickleNames.as(List.class, call, 1));
    }

    private Object call(Global global, List<?> arguments) {
        for (Object argument : arguments) {
            if (argument instanceof List<?> copied) {
                budget.step(copied.size());
            }
        }
        return global.call().apply(arguments);
    }

    private static void protocol(int version) {
        if (version > 5) {
            throw new IllegalArgumentException("its pickle is of protocol " + version + ", and 5 is the newest known");
        }
    }

    /** Keys by value where they are plain, by identity else: keys made of containers could contain themselves. */
    static Object key(Object key) {
        boolean plain = key instanceof String || key instanceof Number || key instanceof Boolean;
        return plain ? key : new Object();
    }

    private void push(Object value) {
        stack.add(value);
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    }

    private Object top() {
        if (stack.size() <= floor()) {
            throw new IllegalArgumentException("its pickle pops an empty stack");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object top = top();
        stack.remove(stack.size() - 1);
        return top;
    }

    private void drop() {
        if (!marks.isEmpty() && stack.size() == floor()) {
            marks.remove(marks.size() - 1);
        } else {
            pop();
        }
    }

    private List<Object> last(int count) {
        if (stack.size() - floor() < count) {
            throw new IllegalArgumentException("its pickle pops an empty stack");
        }
        return cut(stack.size() - count);
    }

    private List<Object> sinceMark() {
        if (marks.isEmpty()) {
            throw new IllegalArgumentException("its pickle pops an empty stack");
        }
        return cut(marks.remove(marks.size() - 1));
    }

    private List<Object> cut(int from) {
        List<Object> tail = stack.subList(from, stack.size());
        var values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> values) {
        Object target = top();
        if (target instanceof ArrayList) {
            ((List<Object>) target).addAll(values);
        } else if (target != PickleNames.INERT) {
            throw new IllegalArgumentException("its pickle appends to what is no list");
        }
    }

    @SuppressWarnings("unchecked")
    private void put(List<Object> pairs) {
        Object target = top();
        if (pairs.size() % 2 != 0 || !(target instanceof Map || target == PickleNames.INERT)) {
            throw new IllegalArgumentException("its pickle fills what is no dictionary");
        }
        for (int i = 0; i < pairs.size() && target instanceof Map; i += 2) {
            ((Map<Object, Object>) target).put(key(pairs.get(i)), pairs.get(i + 1));
        }
    }

    private Object remembered(long index) {
        Object value = memo.get(index);
        if (value == null) {
            throw new IllegalArgumentException("its pickle remembers nothing under " + index);
        }
        return value;
    }

    private byte[] bytes(long length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("its pickle is cut off");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private String text(long length, Charset charset) {
        return new String(bytes(length), charset);
    }

    private Object integer(int length) {
        byte[] little = bytes(length);
        if (length > MOST_DIGITS) {
            throw new IllegalArgumentException("its pickle has a number of " + length + " bytes");
        }
        byte[] big = new byte[little.length];
        for (int i = 0; i < big.length; i++) {
            big[big.length - 1 - i] = little[i];
        }
        BigInteger integer = big.length == 0 ? BigInteger.ZERO : new BigInteger(big);
        return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
    }

    private String line() {
        int from = in.position();
        while (in.get() != '\n') {}
        byte[] bytes = new byte[in.position() - from - 1];
        in.get(from, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Object written(int code, String line) {
        try {
            if (code == 'F') {
                return Double.parseDouble(line);
            }
            if (code == 'I' && (line.equals("00") || line.equals("01"))) {
                return line.equals("01");
            }
            var integer = new BigInteger(digits(line.replaceFirst("L$", "")));
            return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("its pickle writes a number as " + PickleNames.shortened(line), e);
        }
    }

    private static String digits(String line) {
        if (line.length() > MOST_DIGITS || !line.matches("-?[0-9]+")) {
            throw new IllegalArgumentException("its pickle writes a number as " + PickleNames.shortened(line));
        }
        return line;
    }

    private static String unquoted(String line) {
        if (!line.matches("'.*'|\".*\"")) {
            throw new IllegalArgumentException("its pickle has a text without quotes");
        }
        return line.substring(1, line.length() - 1);
    }
}
