/** Real images, read from their official files and handed out in batches. */
@NullMarked
package ardent.data;

import org.jspecify.annotations.NullMarked;
