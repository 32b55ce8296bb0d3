/** Sweeps, evaluations and attacks on the executors of Apache Spark: the only place that knows it, and the only one that needs it on the class path. */
@NullMarked
package ardent.spark;

import org.jspecify.annotations.NullMarked;
