package ardent.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/** A stream for each image (SplitMix64, Steele et al., OOPSLA 2014) and one that they share. */
final class RowNoise extends Noise {
    private static final float UNIT = 0x1p-24f;

    private final long[] keys;
    private final Stream[] streams;
    private final Stream common;

    private static final class Stream {
        private long state;

        Stream(long seed) {
            state = seed;
        }

        /** Uniform in [0, 1), a multiple of 2⁻²⁴. */
        float next() {
            state += 0x9E3779B97F4A7C15L;
            long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return ((z ^ (z >>> 31)) >>> 40) * UNIT;
        }

        void normal(float[] values, int from, int to) {
            for (int i = from; i < to; i += 2) {
                double length = Math.sqrt(-2 * Math.log(1 - next()));
                double angle = 2 * Math.PI * next();
                values[i] = (float) (length * Math.cos(angle));
                if (i + 1 < to) {
                    values[i + 1] = (float) (length * Math.sin(angle));
                }
            }
        }
    }

    RowNoise(long seed, long[] keys) {
        super(seed);
        this.keys = keys.clone();
        common = new Stream(seed);
        streams = new Stream[keys.length];
        for (int i = 0; i < keys.length; i++) {
            streams[i] = new Stream(keys[i]);
        }
    }

    private RowNoise(RowNoise whole, long[] rows) {
        super(whole.seed());
        keys = new long[rows.length];
        common = whole.common;
        streams = new Stream[rows.length];
        for (int i = 0; i < rows.length; i++) {
            keys[i] = whole.keys[(int) rows[i]];
            streams[i] = whole.streams[(int) rows[i]];
        }
    }

    @Override
    public boolean perImage() {
        return true;
    }

    @Override
    public Noise fork(long part) {
        long[] forked = new long[keys.length];
        for (int i = 0; i < forked.length; i++) {
            forked[i] = mix(keys[i], part);
        }
        return new RowNoise(mix(seed(), part), forked);
    }

    @Override
    public Noise restart() {
        return new RowNoise(seed(), keys);
    }

    @Override
    public Noise rows(long... rows) {
        return new RowNoise(this, rows);
    }

    @Override
    public NDArray uniform(double low, double high, Shape shape) {
        float[] values = new float[size(shape)];
        int each = values.length / streams.length;
        float width = (float) (high - low);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) low + width * streams[i / each].next();
        }
        return array(values, shape);
    }

    @Override
    public NDArray normal(Shape shape) {
        float[] values = new float[size(shape)];
        int each = values.length / streams.length;
        for (int i = 0; i < streams.length; i++) {
            streams[i].normal(values, i * each, (i + 1) * each);
        }
        return array(values, shape);
    }

    @Override
    public float[] shared(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = common.next();
        }
        return values;
    }

    private int size(Shape shape) {
        if (shape.get(0) != streams.length) {
            throw new IllegalArgumentException("There are streams for " + streams.length + " images, and the numbers "
                    + shape + " are for " + shape.get(0) + ".");
        }
        return Math.toIntExact(shape.size());
    }

    private static NDArray array(float[] values, Shape shape) {
        return Tape.quiet(() -> Torch.array(values, shape));
    }
}
