/** The one floor that opens a gradient tape and touches the engine's native classes. */
@NullMarked
package ardent.tensor;

import org.jspecify.annotations.NullMarked;
