/** PIAT, a neural ranker that keeps its lists under word substitution, and what it shares with recommenders: lists, their training, their scores. */
@NullMarked
package ardent.rank;

import org.jspecify.annotations.NullMarked;
