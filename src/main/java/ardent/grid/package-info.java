/** Methods × seeds: trains each, attacks each, and keeps what is done, so that nothing is done twice. */
@NullMarked
package ardent.grid;

import org.jspecify.annotations.NullMarked;
