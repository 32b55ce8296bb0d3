/** The verbs of the kit. */
@NullMarked
package ardent;

import org.jspecify.annotations.NullMarked;
