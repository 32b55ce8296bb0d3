/** HetComp, distillation from heterogeneous recommenders: the data, teachers and students, the training, the scores. */
@NullMarked
package ardent.recommend;

import org.jspecify.annotations.NullMarked;
