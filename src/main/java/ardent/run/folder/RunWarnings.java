package ardent.run.folder;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the user should hear of a run folder when the work is done, each sentence once. */
public final class RunWarnings {
    private final Set<String> sentences = new LinkedHashSet<>();

    public void add(String sentence) {
        sentences.add(sentence);
    }

    public List<String> all() {
        return List.copyOf(sentences);
    }
}
