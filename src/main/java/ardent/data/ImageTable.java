package ardent.data;

import ai.djl.ndarray.types.Shape;
import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Images in a CSV file: a row an image, a column a pixel, and one column for the labels. */
final class ImageTable {
    private static final Set<String> LABELS = Set.of("label", "labels", "class", "target", "y");
    private static final String NUMBER = "[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?";
    private static final String NONE = "(?i)nan|na|n/a|null|none|\\?";
    private static final Map<String, String> SEPARATORS = Map.of(";", "semicolons", "\t", "tabs", "|", "strokes (|)");

    /** What a file holds: a label and the pixels of each image. */
    private record Rows(List<String> labels, List<float[]> pixels) {}

    private ImageTable() {}

    /** Reads a file; no label means the column that is called so, or the first where there is no header. */
    static Images load(Path file, @Nullable String label, @Nullable Shape shape, @Nullable ChannelOrder order) {
        List<String> first = first(file);
        boolean header = label != null || !isRow(first);
        if (header && first.contains("")) {
            throw new DataException(
                    ("%s has a column without a heading, such as the row numbers that pandas writes or what follows a"
                                    + " comma at the end: leave it out, in pandas by to_csv(path, index=False), or name it.")
                            .formatted(file));
        }
        int at = header ? column(file, first, label) : 0;
        Rows rows = read(file, header, first, at);
        requireLabels(file, rows.labels);
        List<String> names = rows.labels.stream().distinct().sorted().toList();
        if (!header && names.size() == 1) {
            throw new DataException(
                    ("%s has no line of headings, and its first column, which would be the labels, is %s in"
                                    + " every row: give it one, with a column \"label\".")
                            .formatted(file, names.get(0)));
        }
        OwnData data = OwnData.of(file, SourceFile.of(file));
        int count = first.size() - 1;
        float[] values = ImagesInMemory.joined(String.valueOf(file), rows.pixels.toArray(float[][]::new));
        byte[] pixels = OwnData.levels(
                values,
                i -> "In %s the pixel in %s, column %s,"
                        .formatted(
                                file,
                                row(i / count),
                                heading(header, first, i % count < at ? i % count : i % count + 1)));
        boolean numbered = names.stream().allMatch(name -> name.matches(NUMBER));
        int[] labels = numbered
                ? OwnData.labels(
                        rows.labels.stream().mapToDouble(Double::parseDouble).toArray(),
                        i -> "In %s the label in %s".formatted(file, row(i)))
                : rows.labels.stream().mapToInt(names::indexOf).toArray();
        List<String> classes = numbered ? OwnData.numbered(labels) : names;
        String what = "An image of " + file;
        ChannelOrder known = shape == null ? ChannelOrder.FIRST : order;
        return ArrayImages.images(data, what, pixels, labels, classes, shape(file, count, shape), known);
    }

    private static List<String> first(Path file) {
        try (BufferedReader in = open(file)) {
            String line = in.readLine();
            if (line == null) {
                throw new DataException(file + " is empty: give a CSV file with one image a row.");
            }
            requireCommas(file, line, line.split(",", -1).length);
            CsvParserSettings settings = settings(line.length() + 1);
            settings.setMaxCharsPerColumn(line.length() + 1);
            return Arrays.stream(new CsvParser(settings).parseLine(line))
                    .map(cell -> cell == null ? "" : cell)
                    .toList();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static DataException unreadable(Path file, IOException e) {
        return new DataException("%s cannot be read (%s).".formatted(file, DataException.reason(e)), e);
    }

    /** The text of a file without the mark at its beginning; bytes that are no UTF-8 are refused wherever they stand. */
    private static BufferedReader open(Path file) throws IOException {
        BufferedReader in = Files.newBufferedReader(file);
        try {
            return SourceFile.unmarked(in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Refuses a first line that is cut by something else, or not at all. */
    private static void requireCommas(Path file, String line, int cells) {
        SEPARATORS.forEach((separator, name) -> {
            int parts = line.split(Pattern.quote(separator), -1).length;
            if (parts > 1 && parts >= cells) {
                throw new DataException("%s has %s between its cells: save it with commas, and with points in numbers."
                        .formatted(file, name));
            }
        });
        if (cells == 1) {
            throw new DataException(
                    ("%s has no comma in its first line: give a CSV file with one image a row, a label and"
                                    + " its pixels with commas between them.")
                            .formatted(file));
        }
    }

    private static String row(int image) {
        return "row " + (image + 1) + " of its images";
    }

    private static String heading(boolean header, List<String> names, int column) {
        return header ? names.get(column) : Integer.toString(column);
    }

    /**
     * Whether a first line is an image: all cells but one are numbers that do not count, and the other is no heading of labels. Where
     * two cells are equal none is a heading, so that {@code y} is the label of an image.
     */
    private static boolean isRow(List<String> cells) {
        long texts = cells.stream().filter(cell -> !cell.matches(NUMBER)).count();
        boolean different = cells.stream().distinct().count() == cells.size();
        return texts <= 1 && !isCount(cells) && !(different && cells.stream().anyMatch(ImageTable::isLabel));
    }

    /** Refuses labels that other programs write for none, where all others are numbers. */
    private static void requireLabels(Path file, List<String> labels) {
        int[] texts = IntStream.range(0, labels.size())
                .filter(i -> !labels.get(i).matches(NUMBER))
                .toArray();
        if (texts.length > 0
                && texts.length < labels.size()
                && IntStream.of(texts).allMatch(i -> labels.get(i).matches(NONE))) {
            throw new DataException("%s has no label in %s (%s): leave such rows out."
                    .formatted(file, row(texts[0]), labels.get(texts[0])));
        }
    }

    /** Whether cells count from 0 or 1, as pandas heads columns without names; that of its index has no heading at all. */
    private static boolean isCount(List<String> cells) {
        List<String> numbers = cells.get(0).isEmpty() ? cells.subList(1, cells.size()) : cells;
        return IntStream.rangeClosed(0, 1)
                .anyMatch(first -> IntStream.range(0, numbers.size())
                        .allMatch(i -> numbers.get(i).equals(Integer.toString(first + i))));
    }

    private static boolean isLabel(String cell) {
        return LABELS.stream().anyMatch(cell::equalsIgnoreCase);
    }

    private static int column(Path file, List<String> names, @Nullable String label) {
        int[] found = IntStream.range(0, names.size())
                .filter(i ->
                        label == null ? isLabel(names.get(i)) : names.get(i).equals(label))
                .toArray();
        if (found.length != 1) {
            throw new DataException(
                    ("%s has %s column %s among its %d, which begin with %s: name that of the labels, as in"
                                    + " Images.csv(path, \"label\", new Shape(1, 28, 28)).")
                            .formatted(
                                    file,
                                    found.length == 0 ? "no" : "more than one",
                                    label == null ? "\"label\"" : '"' + label + '"',
                                    names.size(),
                                    names.subList(0, Math.min(3, names.size()))));
        }
        return found[0];
    }

    /** The rows of a file; Tablesaw's reader, which builds a column for each pixel, takes twice as long. */
    private static Rows read(Path file, boolean header, List<String> names, int label) {
        var settings = settings(names.size() + 1);
        settings.setNumberOfRowsToSkip(header ? 1 : 0);
        var labels = new ArrayList<String>();
        var pixels = new ArrayList<float[]>();
        var parser = new CsvParser(settings);
        try (BufferedReader in = open(file)) {
            parser.beginParsing(in);
            for (String[] row = parser.parseNext(); row != null; row = parser.parseNext()) {
                String place = row(labels.size());
                if (row.length != names.size()) {
                    throw new DataException("%s cannot be read: %s has %d cells instead of %d."
                            .formatted(file, place, row.length, names.size()));
                }
                if (row[label] == null) {
                    throw new DataException("%s has no label in %s.".formatted(file, place));
                }
                labels.add(row[label]);
                float[] values = new float[names.size() - 1];
                for (int i = 0; i < row.length; i++) {
                    if (i != label) {
                        values[i < label ? i : i - 1] = number(row[i], file, place, heading(header, names, i));
                    }
                }
                pixels.add(values);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (TextParsingException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof IOException reading) {
                    throw unreadable(file, reading);
                }
            }
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new DataException("%s cannot be read as a CSV file (%s).".formatted(file, reason), e);
        }
        if (labels.isEmpty()) {
            throw new DataException(file + " holds no image: give a CSV file with one image a row.");
        }
        return new Rows(labels, pixels);
    }

    private static CsvParserSettings settings(int columns) {
        var settings = new CsvParserSettings();
        settings.setLineSeparatorDetectionEnabled(true);
        settings.setReadInputOnSeparateThread(false); // it would outlive a row that is refused
        settings.getFormat().setComment('\0'); // no row is a comment: a label may begin with #
        settings.setMaxColumns(columns);
        return settings;
    }

    private static float number(@Nullable String cell, Path file, String place, String column) {
        if (cell == null) {
            throw new DataException("%s has no number in %s, column %s.".formatted(file, place, column));
        }
        try {
            float value = Float.parseFloat(cell);
            if (Float.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new DataException(
                "%s cannot be read: %s, column %s is not a number (%s).".formatted(file, place, column, cell));
    }

    private static Shape shape(Path file, int count, @Nullable Shape given) {
        if (given != null) {
            return given;
        }
        int side = (int) Math.round(Math.sqrt(count));
        if (side * side != count) {
            throw new DataException(
                    ("%s has %d columns of pixels, which make no square grey image: give the shape, as in"
                                    + " Images.csv(path, \"label\", new Shape(3, 32, 32)).")
                            .formatted(file, count));
        }
        return new Shape(1, side, side);
    }
}
