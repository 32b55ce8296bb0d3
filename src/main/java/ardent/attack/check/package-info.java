/** Reasons to doubt a robust accuracy, from gradients and from accuracies. Used by {@code ardent.attack} only. */
@NullMarked
package ardent.attack.check;

import org.jspecify.annotations.NullMarked;
