/** What is kept of runs: finds them, puts them side by side, runs them again and says what differs. */
@NullMarked
package ardent.ledger;

import org.jspecify.annotations.NullMarked;
