package ardent.method;

/** What records of this package ask of their numbers. */
final class Check {
    private Check() {}

    static void share(String name, float value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("The " + name + " lies in [0, 1], not " + value + ".");
        }
    }

    static void smoothing(float value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("The smoothing of labels lies in [0, 1), not " + value + ".");
        }
    }

    static void weight(String name, float value) {
        if (!(value >= 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException("The " + name + " is at least 0, not " + value + ".");
        }
    }

    static void positive(String name, float value) {
        if (!(value > 0) || Float.isInfinite(value)) {
            throw new IllegalArgumentException("The " + name + " is greater than 0, not " + value + ".");
        }
    }
}
