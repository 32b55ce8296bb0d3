/** RD4AD, reverse distillation for anomaly detection: the detector, its training, its scores. */
@NullMarked
package ardent.anomaly;

import org.jspecify.annotations.NullMarked;
