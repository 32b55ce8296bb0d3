/** A cascade at work: its state, its journal on disk, its threads. Used by {@code ardent.attack} only. */
@NullMarked
package ardent.attack.cascade;

import org.jspecify.annotations.NullMarked;
