package ardent.data;

import ai.djl.ndarray.types.Shape;
import ardent.provenance.Arguments;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.FloatColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.AddCellToColumnException;
import tech.tablesaw.io.csv.CsvReadOptions;

/** Images in a CSV file: a row an image, a column a pixel, and one column for the labels. */
final class ImageTable {
    private static final Set<String> LABELS = Set.of("label", "labels", "class", "target", "y");
    private static final String NUMBER = "-?\\d+(\\.\\d+)?([eE]-?\\d+)?";

    private ImageTable() {}

    /** Reads a file; no label means the column that is called so, or the first where there is no header. */
    static Images load(Path file, @Nullable String label, @Nullable Shape shape, @Nullable ChannelOrder order) {
        List<String> first = first(file);
        boolean header = label != null || !isRow(first);
        int at = header ? column(file, first, label) : 0;
        Table table = read(file, header, first.size(), at);
        StringColumn texts = (StringColumn) table.column(at);
        if (!header && texts.countUnique() == 1) {
            throw new DataException(
                    ("%s has no line of headings, and its first column, which would be the labels, is %s in"
                                    + " every row: give it one, with a column \"label\".")
                            .formatted(file, texts.get(0)));
        }
        OwnData data = OwnData.of(file, SourceFile.of(file));
        byte[] pixels = data.levels(pixels(file, table, at));
        List<String> classes = classes(texts);
        int[] labels =
                texts.asList().stream().mapToInt(text -> label(text, classes)).toArray();
        int count = table.columnCount() - 1;
        String what = "An image of " + file;
        ChannelOrder known = shape == null ? ChannelOrder.FIRST : order;
        return ArrayImages.images(data, what, pixels, labels, classes, shape(file, count, shape), known);
    }

    private static List<String> first(Path file) {
        try (BufferedReader in = Files.newBufferedReader(file)) {
            String line = in.readLine();
            if (line == null) {
                throw new DataException(file + " is empty: give a CSV file with one image a row.");
            }
            return Arrays.stream(line.replace("\ufeff", "").split(",", -1))
                    .map(cell -> cell.strip().replaceAll("^\"|\"$", ""))
                    .toList();
        } catch (IOException e) {
            throw new DataException("%s cannot be read (%s).".formatted(file, DataException.reason(e)), e);
        }
    }

    /** Whether a first line is an image: all cells but one are numbers, and none is a usual heading of labels. */
    private static boolean isRow(List<String> cells) {
        long texts = cells.stream().filter(cell -> !cell.matches(NUMBER)).count();
        return texts <= 1 && cells.stream().noneMatch(ImageTable::isLabel);
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

    private static Table read(Path file, boolean header, int columns, int label) {
        ColumnType[] types = new ColumnType[columns];
        Arrays.fill(types, ColumnType.FLOAT);
        types[label] = ColumnType.STRING;
        try {
            return Table.read()
                    .usingOptions(CsvReadOptions.builder(file.toFile())
                            .header(header)
                            .separator(',')
                            .sample(false)
                            .allowDuplicateColumnNames(true)
                            .maxNumberOfColumns(columns + 1)
                            .columnTypes(types));
        } catch (AddCellToColumnException e) {
            throw new DataException(
                    "%s cannot be read: row %d, column %s is not a number (%s)."
                            .formatted(file, e.getRowNumber(), e.getColumnName(), e.getCause()),
                    e);
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new DataException("%s cannot be read as a CSV file (%s).".formatted(file, reason), e);
        }
    }

    private static float[] pixels(Path file, Table table, int label) {
        int[] columns =
                IntStream.range(0, table.columnCount()).filter(i -> i != label).toArray();
        var pixels = new float[Arguments.product("pixels of " + file, table.rowCount(), columns.length)];
        for (int c = 0; c < columns.length; c++) {
            FloatColumn column = (FloatColumn) table.column(columns[c]);
            for (int row = 0; row < column.size(); row++) {
                if (column.isMissing(row)) {
                    throw new DataException("%s has no number in row %d of its images, column %s."
                            .formatted(file, row + 1, column.name()));
                }
                pixels[row * columns.length + c] = column.getFloat(row);
            }
        }
        return pixels;
    }

    /** Whole numbers are labels themselves; of texts each is a class, in alphabetical order. */
    private static List<String> classes(StringColumn texts) {
        List<String> names = texts.unique().asList().stream().sorted().toList();
        return names.stream().allMatch(name -> name.matches("\\d{1,9}"))
                ? OwnData.numbered(names.stream().mapToInt(Integer::parseInt).toArray())
                : names;
    }

    private static int label(String text, List<String> classes) {
        int at = classes.indexOf(text);
        return at >= 0 ? at : Integer.parseInt(text);
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
