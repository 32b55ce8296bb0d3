package ardent.data;

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
        files = List.copyOf(files);
        selections = List.copyOf(selections);
    }

    /** Tells whether every file holds, byte for byte, what the authors published. */
    public boolean official() {
        return files.stream().allMatch(SourceFile::official);
    }

    Origin then(Selection selection) {
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
