/** Robustness measured: predictions under attack, scores and checks. */
@NullMarked
package ardent.evaluate;

import org.jspecify.annotations.NullMarked;
