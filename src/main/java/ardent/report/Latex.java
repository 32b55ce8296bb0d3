package ardent.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
            sign("∞", "$\\infty$"),
            sign("Γ", "$\\Gamma$"),
            sign("Δ", "$\\Delta$"),
            sign("Θ", "$\\Theta$"),
            sign("Λ", "$\\Lambda$"),
            sign("Ξ", "$\\Xi$"),
            sign("Π", "$\\Pi$"),
            sign("Σ", "$\\Sigma$"),
            sign("Υ", "$\\Upsilon$"),
            sign("Φ", "$\\Phi$"),
            sign("Ψ", "$\\Psi$"),
            sign("Ω", "$\\Omega$"),
            sign("α", "$\\alpha$"),
            sign("β", "$\\beta$"),
            sign("γ", "$\\gamma$"),
            sign("δ", "$\\delta$"),
            sign("ε", "$\\varepsilon$"),
            sign("ζ", "$\\zeta$"),
            sign("η", "$\\eta$"),
            sign("θ", "$\\theta$"),
            sign("ι", "$\\iota$"),
            sign("κ", "$\\kappa$"),
            sign("λ", "$\\lambda$"),
            sign("μ", "$\\mu$"),
            sign("ν", "$\\nu$"),
            sign("ξ", "$\\xi$"),
            sign("π", "$\\pi$"),
            sign("ρ", "$\\rho$"),
            sign("σ", "$\\sigma$"),
            sign("ς", "$\\varsigma$"),
            sign("τ", "$\\tau$"),
            sign("υ", "$\\upsilon$"),
            sign("φ", "$\\varphi$"),
            sign("χ", "$\\chi$"),
            sign("ψ", "$\\psi$"),
            sign("ω", "$\\omega$"));

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
                String other = SIGNS.get(sign);
                latex.append(other == null ? Character.toString(sign) : other);
            }
        });
        return latex.toString();
    }
}
