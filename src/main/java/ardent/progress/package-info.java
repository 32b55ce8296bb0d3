/** Long work: how far it is, and how it is stopped. */
@NullMarked
package ardent.progress;

import org.jspecify.annotations.NullMarked;
