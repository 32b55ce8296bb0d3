package ardent.network;

/** Checks of sizes that architectures share. */
final class LayerSizes {
    private LayerSizes() {}

    static void require(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException("A network needs " + name + " of at least 1, not " + value + ".");
        }
    }

    /** How many blocks each of a WideResNet's three groups has. */
    static int[] wide(int depth) {
        if (depth < 10 || (depth - 4) % 6 != 0) {
            throw new IllegalArgumentException(
                    "A WideResNet's depth is 6n + 4 (10, 16, 22, 28, 34, …), not " + depth + ".");
        }
        int each = (depth - 4) / 6;
        return new int[] {each, each, each};
    }
}
