package ardent.provenance;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A record component that is as a rule a multiple of another number: where it is the same multiple in all that is compared, it
 * follows from that one, and tables and names leave it out.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface InUnitsOf {
    /**
     * The other number.
     *
     * @return its path below the record, such as {@code ball.radius}
     */
    String value();
}
