/** Records to and from readable descriptions: where a number came from. */
@NullMarked
package ardent.provenance;

import org.jspecify.annotations.NullMarked;
