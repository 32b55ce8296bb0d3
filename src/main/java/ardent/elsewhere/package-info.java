/** Work for other programs, such as the executors of a cluster: told by JSON and bytes, done there, and given back as bytes. */
@NullMarked
package ardent.elsewhere;

import org.jspecify.annotations.NullMarked;
