/** Scores as tables, charts, image sheets and saved pages. */
@NullMarked
package ardent.report;

import org.jspecify.annotations.NullMarked;
