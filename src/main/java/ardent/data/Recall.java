package ardent.data;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds images again by where they came from. CIFAR-10 is loaded by {@code Cifar10.load()}, and so on: another
 * published data set needs no entry here.
 */
public final class Recall {
    private Recall() {}

    /**
     * Loads published data anew and repeats every choice. The files are looked for as {@link Mnist#load()} and
     * the like do.
     *
     * @param origin where the images came from
     * @return the same images in the same order; their files have the same SHA-256
     * @throws DataException in one sentence, if they were given in memory, are missing or differ, or of a choice only
     *     the SHA-256 is known
     */
    public static Images of(Origin origin) {
        Corpus corpus = corpus(origin);
        Images train = corpus.train();
        Images images = train.origin().split().equals(origin.split()) ? train : corpus.test();
        return chosen(images, origin)
                .orElseThrow(() ->
                        new DataException("The images of %s found here differ from those of the description: %s."
                                .formatted(origin.name(), difference(images.origin(), origin))));
    }

    /**
     * Finds images among others, from which they may have been chosen.
     *
     * @param given images of the same content, however their files are packed
     * @param origin where the wanted images came from
     * @return the wanted images, empty if they are not among them
     */
    public static Optional<Images> from(Images given, Origin origin) {
        boolean repeatable = origin.selections().stream()
                .skip(told(given.origin(), origin).size())
                .allMatch(Selection::repeatable);
        return repeatable ? chosen(given, origin) : Optional.empty();
    }

    private static Optional<Images> chosen(Images given, Origin origin) {
        List<Selection> done = told(given.origin(), origin);
        List<Selection> wanted = origin.selections();
        boolean before =
                done.size() <= wanted.size() && wanted.subList(0, done.size()).equals(done);
        if (!before || !given.origin().sameFiles(origin)) {
            return Optional.empty();
        }
        Images images = given;
        for (Selection selection : wanted.subList(done.size(), wanted.size())) {
            images = selection.from(images);
        }
        return Optional.of(images)
                .filter(found -> told(found.origin(), origin).equals(wanted))
                .map(found -> found.known(origin));
    }

    /** How images were chosen, in the words of a description: former ones do not tell of other names for the classes. */
    private static List<Selection> told(Origin found, Origin described) {
        boolean names = described.selections().stream().anyMatch(Selection::isNaming);
        return found.selections().stream()
                .filter(selection -> names || !selection.isNaming())
                .toList();
    }

    /**
     * Whether images can be loaded anew, if their files are there.
     *
     * @param origin where they came from
     * @return false for images given in memory, and where of a choice only the SHA-256 is known
     */
    public static boolean knows(Origin origin) {
        return load(origin.name()).isPresent()
                && origin.files().stream().noneMatch(SourceFile::own)
                && origin.selections().stream().allMatch(Selection::repeatable);
    }

    private static Corpus corpus(Origin origin) {
        Method load = load(origin.name())
                .filter(found -> origin.files().stream().noneMatch(SourceFile::own))
                .orElseThrow(() -> new DataException("%s was %s and cannot be loaded again: give the images."
                        .formatted(origin.name(), given(origin))));
        try {
            return (Corpus) load.invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof DataException known ? known : new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(load + " is not public.", e);
        }
    }

    private static String given(Origin origin) {
        return origin.files().stream()
                .filter(file -> file.standing().equals(SourceFile.OWN))
                .findFirst()
                .map(file -> "read from files of one's own (" + file.name() + ")")
                .orElse("given in memory");
    }

    /** The method {@code load()} of the record that holds the data of that name. */
    private static Optional<Method> load(String name) {
        try {
            Class<?> type = Class.forName(
                    Recall.class.getPackageName() + "." + PublishedSet.type(name),
                    false,
                    Recall.class.getClassLoader());
            return Corpus.class.isAssignableFrom(type) ? Optional.of(type.getMethod("load")) : Optional.empty();
        } catch (ReflectiveOperationException | LinkageError e) {
            return Optional.empty();
        }
    }

    /**
     * What keeps images from being those that are wanted.
     *
     * @param found where they come from
     * @param wanted where those come from
     * @return half a sentence
     */
    public static String difference(Origin found, Origin wanted) {
        List<SourceFile> missing = new ArrayList<>(wanted.files());
        missing.removeAll(found.files());
        if (missing.isEmpty() || !found.name().equals(wanted.name())) {
            return "they are " + found + " and not " + wanted;
        }
        SourceFile first = missing.get(0);
        Optional<SourceFile> renamed = found.files().stream()
                .filter(file ->
                        file.sha256().equals(first.sha256()) && !file.name().equals(first.name()))
                .findFirst();
        if (renamed.isPresent()) {
            return "they are " + renamed.get().name() + " and not " + first.name();
        }
        String sizes = found.files().stream()
                .filter(file -> file.name().equals(first.name()) && file.bytes() != first.bytes())
                .findFirst()
                .map(file -> ", " + first.bytes() + " bytes, and has " + file.bytes())
                .orElse("");
        return first.name() + " had the SHA-256 " + first.sha256() + sizes;
    }
}
