/** The model card. */
@NullMarked
package ardent.report.card;

import org.jspecify.annotations.NullMarked;
