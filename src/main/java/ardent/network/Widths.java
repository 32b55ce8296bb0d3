package ardent.network;

/** Checks of sizes that architectures share. */
final class Widths {
    private Widths() {}

    static void require(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException("A network needs " + name + " of at least 1, not " + value + ".");
        }
    }
}
