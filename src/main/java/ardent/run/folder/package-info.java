/** The files of a run folder: description, checkpoints, tables. Used by {@code ardent.run} only. */
@NullMarked
package ardent.run.folder;

import org.jspecify.annotations.NullMarked;
