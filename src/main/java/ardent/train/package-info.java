/** The one training loop. */
@NullMarked
package ardent.train;

import org.jspecify.annotations.NullMarked;
