/** The searches behind the attacks: state and steps of APGD, FAB, Square and CW-L2. Used by {@code ardent.attack} only. */
@NullMarked
package ardent.attack.search;

import org.jspecify.annotations.NullMarked;
