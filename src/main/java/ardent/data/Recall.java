package ardent.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds images again by where they came from. */
public final class Recall {
    private static final Set<String> PUBLISHED = Set.of("MNIST", "Fashion-MNIST", "CIFAR-10", "CIFAR-100");
    private static final Pattern SEED = Pattern.compile("seed (-?\\d+)");
    private static final Pattern HELD = Pattern.compile("(\\d+) held out, seed (-?\\d+)");
    private static final Pattern LABEL = Pattern.compile("label (\\d+)");
    private static final Pattern INDICES = Pattern.compile("indices \\[(.*)]");

    private Recall() {}

    /**
     * Loads published data anew and repeats every choice. The files are looked for as {@link Mnist#load()} and
     * the like do.
     *
     * @param origin where the images came from
     * @return the same images in the same order; their files have the same SHA-256
     * @throws DataException in one sentence, if they were given in memory, are missing or differ, or a choice is known by
     *     its SHA-256 only
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
                .skip(given.origin().selections().size())
                .allMatch(Recall::repeats);
        return repeatable ? chosen(given, origin) : Optional.empty();
    }

    private static Optional<Images> chosen(Images given, Origin origin) {
        List<Selection> done = given.origin().selections();
        List<Selection> wanted = origin.selections();
        boolean before =
                done.size() <= wanted.size() && wanted.subList(0, done.size()).equals(done);
        if (!before || !given.origin().sameFiles(origin)) {
            return Optional.empty();
        }
        Images images = given;
        for (Selection selection : wanted.subList(done.size(), wanted.size())) {
            images = again(images, selection);
        }
        return Optional.of(images)
                .filter(found -> found.origin().selections().equals(wanted))
                .map(found -> found.known(origin));
    }

    /**
     * Whether images can be loaded anew, if their files are there.
     *
     * @param origin where they came from
     * @return false for images given in memory, and where a choice is known by its SHA-256 only
     */
    public static boolean knows(Origin origin) {
        return PUBLISHED.contains(origin.name())
                && origin.files().stream().noneMatch(file -> file.standing().equals(SourceFile.IN_MEMORY))
                && origin.selections().stream().allMatch(Recall::repeats);
    }

    private static boolean repeats(Selection selection) {
        return !selection.verb().equals("select")
                || INDICES.matcher(selection.how()).matches();
    }

    private static Corpus corpus(Origin origin) {
        return switch (origin.name()) {
            case "MNIST" -> Mnist.load();
            case "Fashion-MNIST" -> FashionMnist.load();
            case "CIFAR-10" -> Cifar10.load();
            case "CIFAR-100" -> Cifar100.load();
            default ->
                throw new DataException(
                        "%s was given in memory and cannot be loaded again: give the images.".formatted(origin.name()));
        };
    }

    private static Images again(Images images, Selection selection) {
        Matcher seed = SEED.matcher(selection.how());
        Matcher held = HELD.matcher(selection.how());
        Matcher label = LABEL.matcher(selection.how());
        Matcher indices = INDICES.matcher(selection.how());
        if (selection.verb().equals("take") && seed.matches()) {
            return images.take(selection.images(), Long.parseLong(seed.group(1)));
        }
        if (selection.verb().equals("first")) {
            return images.first(selection.images());
        }
        if (selection.verb().equals("only") && label.matches()) {
            return images.only(Integer.parseInt(label.group(1)));
        }
        if (selection.verb().equals("select") && indices.matches()) {
            return images.select(Pattern.compile(", ")
                    .splitAsStream(indices.group(1))
                    .mapToInt(Integer::parseInt)
                    .toArray());
        }
        if (held.matches()) {
            Split split = images.holdOut(Integer.parseInt(held.group(1)), Long.parseLong(held.group(2)));
            return selection.verb().equals("rest") ? split.rest() : split.held();
        }
        throw new DataException("The choice %s from %s cannot be repeated from its description: give the images."
                .formatted(selection, images.origin()));
    }

    private static String difference(Origin found, Origin wanted) {
        List<SourceFile> missing = new ArrayList<>(wanted.files());
        missing.removeAll(found.files());
        return missing.isEmpty()
                ? "they are " + found + " and not " + wanted
                : missing.get(0).name() + " had the SHA-256 " + missing.get(0).sha256();
    }
}
