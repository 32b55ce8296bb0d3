/** Attacks: bounded perturbations that raise a loss. */
@NullMarked
package ardent.attack;

import org.jspecify.annotations.NullMarked;
