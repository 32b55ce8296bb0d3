package ardent.notebook;

import ai.djl.ndarray.NDArray;
import ardent.attack.CascadeResult;
import ardent.data.Images;
import ardent.report.HtmlView;
import ardent.report.ReproductionView;
import ardent.report.StageTable;
import ardent.report.chart.Charts;
import ardent.report.chart.ContactSheet;
import ardent.run.Reproduction;
import ardent.train.Epoch;
import ardent.train.Run;
import java.awt.image.BufferedImage;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.Styler;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

/** How each kind of thing looks; a thing that cannot be drawn is shown as text that says why. */
final class Renderers {
    /** The types that have a look of their own, and how it is drawn; a type here may throw. */
    static final Map<Class<?>, Function<Object, Bundle>> TYPES = types();

    /** Values of an array that are shown. */
    private static final int MANY = 64;

    private Renderers() {}

    private static Map<Class<?>, Function<Object, Bundle>> types() {
        var types = new LinkedHashMap<Class<?>, Function<Object, Bundle>>();
        add(types, HtmlView.class, Renderers::shown);
        add(types, CascadeResult.class, result -> html(result, StageTable.html(result)));
        add(types, Reproduction.class, made -> html(made, ReproductionView.html(made)));
        add(types, Images.class, images -> image(ContactSheet.of(images)));
        add(types, Run.class, run -> run.history().isEmpty() ? Bundle.of(beginning(run)) : chart(curves(run)));
        add(types, Table.class, table -> shown(new TableView(table)));
        add(types, IChart.class, Renderers::chart);
        add(types, BufferedImage.class, Renderers::image);
        add(types, NDArray.class, Renderers::array);
        add(types, float[].class, array -> Bundle.of(summary(array)));
        for (Class<?> plain : List.of(boolean[].class, int[].class, long[].class, double[].class, String[].class)) {
            types.put(plain, array -> Bundle.of(values(array)));
        }
        add(types, int[][].class, Renderers::grid);
        return types;
    }

    private static <T> void add(
            Map<Class<?>, Function<Object, Bundle>> types, Class<T> type, Function<T, Bundle> renderer) {
        types.put(type, thing -> renderer.apply(type.cast(thing)));
    }

    /** How the thing looks; never throws, since a kernel whose renderer throws an Error hangs for ever. */
    static Bundle bundle(@Nullable Object thing) {
        try {
            for (var type : TYPES.entrySet()) {
                if (type.getKey().isInstance(thing)) {
                    return Objects.requireNonNull(type.getValue().apply(thing), "it drew nothing");
                }
            }
            return Bundle.of(String.valueOf(thing));
        } catch (Throwable e) {
            return Bundle.of(RenderFailure.sentence(thing, e));
        }
    }

    private static Bundle shown(HtmlView view) {
        return html(view, view.html());
    }

    private static Bundle html(Object thing, String html) {
        return Bundle.of(thing.toString()).with(Bundle.HTML, html);
    }

    /** A chart on a card of its own size; drawn with twice the pixels, for sharp screens and large files, if {@code ARDENT_SCALE=2}. */
    private static Bundle chart(IChart chart) {
        String scale = System.getProperty("ardent.scale", System.getenv().getOrDefault("ARDENT_SCALE", "1"));
        var title = chart.getTitle() == null || chart.getTitle().isEmpty() ? "" : " \"" + chart.getTitle() + "\"";
        int width = chart.getWidth();
        int height = chart.getHeight();
        return png("Chart" + title + ", ", Charts.card(chart, "2".equals(scale) ? 2 : 1), width, height)
                .sized(Bundle.PNG, width, height);
    }

    private static Bundle image(BufferedImage image) {
        return png("Image, ", image, image.getWidth(), image.getHeight());
    }

    private static Bundle png(String what, BufferedImage image, int width, int height) {
        return Bundle.of(what + width + " × " + height + " pixels")
                .with(Bundle.PNG, Base64.getEncoder().encodeToString(Charts.png(image)));
    }

    /** Images, such as those that an attack made, as a sheet; other arrays as they print themselves. */
    private static Bundle array(NDArray array) {
        return ContactSheet.holdsImages(array) ? image(ContactSheet.of(array)) : Bundle.of(array.toString());
    }

    private static String title(Run run) {
        return run.student().name() + (run.stopped() ? ", stopped early" : "") + ", best epoch " + run.best();
    }

    private static String beginning(Run run) {
        return run.student().name() + ": stopped in its first epoch, so that there is no curve yet"
                + (run.folder() == null ? "." : "; resume() goes on.");
    }

    /** Accuracies on the left axis, the loss on the right. */
    private static XYChart curves(Run run) {
        Map<String, double[]> curves = Epoch.accuracies(run.history());
        boolean both = !curves.isEmpty();
        double[] loss = run.history().stream().mapToDouble(Epoch::loss).toArray();
        double[][] accuracies = curves.values().toArray(double[][]::new);
        curves.put("loss", loss);
        XYChart chart = Charts.lines(title(run), "epoch", both ? "validation accuracy in %" : "loss", curves);
        if (both) {
            Charts.range(chart.getStyler(), 0, accuracies);
            chart.getSeries("loss").setYAxisGroup(1);
            chart.setYAxisGroupTitle(1, "loss");
            Charts.range(chart.getStyler(), 1, loss);
            chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
        }
        return chart;
    }

    private static String summary(float[] array) {
        if (array.length == 0) {
            return "float[0]";
        }
        double sum = 0;
        float lowest = array[0];
        float highest = array[0];
        for (float value : array) {
            sum += value;
            lowest = Math.min(lowest, value);
            highest = Math.max(highest, value);
        }
        var first = IntStream.range(0, Math.min(8, array.length))
                .mapToObj(i -> String.format(Locale.ROOT, "%.4g", array[i]))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "float[%d] from %.4g to %.4g, mean %.4g: %s%s",
                array.length,
                lowest,
                highest,
                sum / array.length,
                first,
                array.length > 8 ? ", …" : "");
    }

    /** An array with its first values; how many are true of one of flags, such as {@code result.robust()}. */
    private static String values(Object array) {
        int length = Array.getLength(array);
        var first = IntStream.range(0, Math.min(MANY, length))
                .mapToObj(i -> String.valueOf(Array.get(array, i)))
                .collect(Collectors.joining(", "));
        String kind = array.getClass().getComponentType().getSimpleName() + "[" + length + "]";
        String flags = array instanceof boolean[] values
                ? ", " + IntStream.range(0, length).filter(i -> values[i]).count() + " true"
                : "";
        return kind + flags + (length == 0 ? "" : ": ") + first + (length > MANY ? ", …" : "");
    }

    /** A matrix of counts as a table: rows and columns numbered from 0. */
    private static Bundle grid(int[][] matrix) {
        int width = Arrays.stream(matrix).mapToInt(row -> row.length).max().orElse(0);
        var table = Table.create(
                IntColumn.create("", IntStream.range(0, matrix.length).toArray()));
        for (int column = 0; column < width; column++) {
            var cells = IntColumn.create(String.valueOf(column));
            for (var row : matrix) {
                if (column < row.length) {
                    cells.append(row[column]);
                } else {
                    cells.appendMissing();
                }
            }
            table.addColumns(cells);
        }
        return shown(new TableView(table));
    }
}
