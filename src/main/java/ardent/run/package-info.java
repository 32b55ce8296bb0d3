/** A training kept in a folder: goes on, is found, compared, scored and repeated. */
@NullMarked
package ardent.run;

import org.jspecify.annotations.NullMarked;
