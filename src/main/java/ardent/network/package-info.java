/** Networks: from images to logits. */
@NullMarked
package ardent.network;

import org.jspecify.annotations.NullMarked;
