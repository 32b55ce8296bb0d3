package ardent.data;

import ardent.provenance.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where a set of images comes from; equal origins mean equal images in equal order.
 *
 * @param name name of the data, such as {@code MNIST}
 * @param split part of the data, such as {@code train}
 * @param files what was read, in order
 * @param selections what was chosen from it, first choice first
 */
public record Origin(String name, String split, List<SourceFile> files, List<Selection> selections) {
    /** Copies the lists. */
    public Origin {
        Arguments.given("name, split", name, split);
        files = Arguments.all("files", files);
        selections = Arguments.all("selections", selections);
    }

    /** Tells whether every file holds, byte for byte, what the authors published. */
    public boolean official() {
        return files.stream().allMatch(SourceFile::official);
    }

    /**
     * Whether these are one's own images as 0.1.0 described them, without their shape and the number of their classes.
     *
     * @return false for published images
     */
    public boolean withoutShape() {
        return files.stream().anyMatch(file -> file.standing().equals(SourceFile.IN_MEMORY))
                && files.equals(formerly());
    }

    /** Files without how they compare with the published ones, which another version may judge otherwise. */
    private static List<SourceFile> contents(List<SourceFile> files) {
        return files.stream()
                .map(file -> new SourceFile(file.name(), file.bytes(), file.sha256(), ""))
                .toList();
    }

    private List<SourceFile> formerly() {
        return files.stream().map(SourceFile::formerly).toList();
    }

    /**
     * Whether the same images lie in the files of both: official ones do, gzipped or plain, in one archive or many files.
     *
     * @param other where other images come from; one's own may be described as 0.1.0 did
     * @return true if data, split and the content of the files are the same
     */
    public boolean sameFiles(Origin other) {
        boolean published = official() && other.official() && !files.isEmpty() && !other.files.isEmpty();
        return name.equals(other.name)
                && split.equals(other.split)
                && (contents(files).equals(contents(other.files))
                        || formerly().equals(other.files)
                        || (published && files.stream().allMatch(other::admits)));
    }

    /** Whether no file here has the name and size of another one, and yet another hash. */
    private boolean admits(SourceFile file) {
        return files.stream()
                .filter(own -> own.name().equals(file.name()) && own.bytes() == file.bytes())
                .allMatch(own -> own.sha256().equals(file.sha256()));
    }

    /**
     * Where a part of these data comes from.
     *
     * @param selection how it was chosen
     * @return the same files, with one selection more
     */
    public Origin then(Selection selection) {
        Arguments.given("selection", selection);
        var chain = new ArrayList<>(selections);
        chain.add(selection);
        return new Origin(name, split, files, chain);
    }

    /** Names data, split and selections, such as {@code MNIST train, take(100, seed 0)}. */
    @Override
    public String toString() {
        String start = split.isEmpty() ? name : name + " " + split;
        return selections.stream().map(selection -> ", " + selection).collect(Collectors.joining("", start, ""));
    }
}
