package ardent.data;

import java.nio.file.Path;

/** The shortest published data set there can be. */
record TinyDigits(Images train, Images test) implements Corpus {
    static final Idx FILES = Tiny.idx("Tiny-Digits");

    public static TinyDigits load() {
        Path folder = FILES.place();
        return new TinyDigits(FILES.train(folder), FILES.test(folder));
    }
}
