/** Charts, image sheets and their style. */
@NullMarked
package ardent.report.chart;

import org.jspecify.annotations.NullMarked;
