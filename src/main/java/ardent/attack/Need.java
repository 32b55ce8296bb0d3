package ardent.attack;

/** What parameters must be. */
final class Need {
    private Need() {}

    static void atLeastOne(String what, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("An attack needs at least 1 " + what + ", not " + count + ".");
        }
    }
}
