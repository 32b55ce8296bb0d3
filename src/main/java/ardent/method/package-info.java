/** Training methods, each written as its paper writes it. */
@NullMarked
package ardent.method;

import org.jspecify.annotations.NullMarked;
