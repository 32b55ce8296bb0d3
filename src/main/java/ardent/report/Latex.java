package ardent.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tables for papers, by the packages {@code booktabs} and {@code inputenc} with UTF-8. */
final class Latex {
    /** What LaTeX's text has no sign for, or another one. */
    private static final Map<Integer, String> SIGNS = Map.ofEntries(
            sign("\\", "\\textbackslash{}"),
            sign("~", "\\textasciitilde{}"),
            sign("^", "\\textasciicircum{}"),
            sign("<", "\\textless{}"),
            sign(">", "\\textgreater{}"),
            sign("|", "\\textbar{}"),
            sign("\"", "''"),
            sign("–", "--"),
            sign("…", "\\dots{}"),
            sign("·", "$\\cdot$"),
            sign("×", "$\\times$"),
            sign("±", "$\\pm$"),
            sign("−", "$-$"),
            sign("≤", "$\\leq$"),
            sign("≥", "$\\geq$"),
            sign("≠", "$\\neq$"),
            sign("→", "$\\rightarrow$"),
            sign("∞", "$\\infty$"));

    /** Greek letters that LaTeX has a command for, each before its command. */
    private static final Map<Integer, String> GREEK = Stream.of(
                    ("ΓGamma ΔDelta ΘTheta ΛLambda ΞXi ΠPi ΣSigma ΥUpsilon ΦPhi ΨPsi ΩOmega αalpha βbeta γgamma δdelta"
                                    + " εvarepsilon ζzeta ηeta θtheta ιiota κkappa λlambda μmu νnu ξxi πpi ρrho σsigma ςvarsigma τtau"
                                    + " υupsilon φvarphi χchi ψpsi ωomega")
                            .split(" "))
            .collect(Collectors.toMap(word -> word.codePointAt(0), word -> "$\\" + word.substring(1) + "$"));

    private Latex() {}

    private static Map.Entry<Integer, String> sign(String sign, String latex) {
        return Map.entry(sign.codePointAt(0), latex);
    }

    static String table(List<TableCells.Line> columns, int rows, String caption, List<String> notes) {
        String layout =
                columns.stream().map(column -> column.numeric() ? "r" : "l").collect(Collectors.joining());
        var latex = new StringBuilder("\\begin{table}\n\\centering\n");
        if (!caption.isEmpty()) {
            latex.append("\\caption{" + escape(caption) + "}\n");
        }
        latex.append("\\begin{tabular}{" + layout + "}\n\\toprule\n");
        latex.append(row(columns.stream().map(TableCells.Line::name).toList())).append("\\midrule\n");
        for (int i = 0; i < rows; i++) {
            int at = i;
            latex.append(
                    row(columns.stream().map(column -> column.cells().get(at)).toList()));
        }
        latex.append("\\bottomrule\n\\end{tabular}\n");
        if (!notes.isEmpty()) {
            latex.append(notes.stream()
                    .map(Latex::escape)
                    .collect(Collectors.joining(
                            "\n\\par\n", "\\begin{flushleft}\n\\footnotesize\n", "\n\\end{flushleft}\n")));
        }
        return latex.append("\\end{table}\n").toString();
    }

    private static String row(List<String> cells) {
        return cells.stream().map(Latex::escape).collect(Collectors.joining(" & ", "", " \\\\\n"));
    }

    /** Text that LaTeX prints as it is; a bracket at the beginning would belong to the line break before it. */
    static String escape(String text) {
        var latex = new StringBuilder(text.startsWith("[") ? "{}" : "");
        text.codePoints().forEach(sign -> {
            if (sign >= '₀' && sign <= '₉') {
                latex.append("$_").append(sign - '₀').append('$');
            } else if ("&%$#_{}".indexOf(sign) >= 0) {
                latex.append('\\').appendCodePoint(sign);
            } else {
                String other = SIGNS.getOrDefault(sign, GREEK.get(sign));
                latex.append(other == null ? Character.toString(sign) : other);
            }
        });
        return latex.toString();
    }
}
