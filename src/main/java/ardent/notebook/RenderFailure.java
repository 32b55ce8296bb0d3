package ardent.notebook;

import ardent.report.chart.ChartStyle;
import org.jspecify.annotations.Nullable;

/** Says in one sentence why a thing could not be drawn. */
final class RenderFailure {
    private RenderFailure() {}

    static String sentence(@Nullable Object thing, Throwable trouble) {
        if (fonts(trouble)) {
            return ChartStyle.NO_FONTS;
        }
        var type = thing == null ? "Nothing" : thing.getClass().getSimpleName();
        return type + " cannot be shown: " + message(trouble);
    }

    private static boolean fonts(Throwable trouble) {
        for (Throwable at = trouble; at != null; at = at.getCause()) {
            var text = String.valueOf(at.getMessage());
            if (text.contains("Fontconfig")
                    || text.contains("sun.font")
                    || text.contains("fontmanager")
                    || text.contains("freetype")) {
                return true;
            }
        }
        return false;
    }

    private static String message(Throwable trouble) {
        try {
            return trouble.toString();
        } catch (Throwable e) {
            return trouble.getClass().getName();
        }
    }
}
