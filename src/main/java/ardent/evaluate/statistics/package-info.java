/** Intervals, paired tests, means over seeds. */
@NullMarked
package ardent.evaluate.statistics;

import org.jspecify.annotations.NullMarked;
