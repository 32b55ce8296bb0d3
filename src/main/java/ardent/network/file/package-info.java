/** Weight files: safetensors and torch files, read and written, and names mapped. Used by {@code ardent.network} only. */
@NullMarked
package ardent.network.file;

import org.jspecify.annotations.NullMarked;
