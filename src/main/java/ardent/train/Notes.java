package ardent.train;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the user should hear of a run folder when the work is done, each sentence once. */
final class Notes {
    private final Set<String> sentences = new LinkedHashSet<>();

    void add(String sentence) {
        sentences.add(sentence);
    }

    List<String> all() {
        return List.copyOf(sentences);
    }
}
