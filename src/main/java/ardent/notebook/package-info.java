/** The only place that knows a notebook kernel. */
@NullMarked
package ardent.notebook;

import org.jspecify.annotations.NullMarked;
