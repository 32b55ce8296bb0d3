package ardent.train;

import ardent.progress.Work;
import java.util.Map;

/** Tasks for loops under test. */
public final class Tasks {
    private Tasks() {}

    public static Work.Task silent() {
        return stoppingAfter(Long.MAX_VALUE);
    }

    /** Asks to stop once this many reports were heard. */
    public static Work.Task stoppingAfter(long reports) {
        return new Work.Task() {
            private long heard;

            @Override
            public void report(String phase, long done, long total, Map<String, String> figures) {
                heard++;
            }

            @Override
            public boolean stopping() {
                return heard >= reports;
            }
        };
    }
}
