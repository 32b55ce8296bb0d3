package ardent.provenance;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The letter that a record component has in the formula of its record: tables and charts head a column with it, as in
 * λ = 0.1, where the component's own name is that of a description's key.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Letter {
    /**
     * The letter.
     *
     * @return one letter, with an index where the formula has one, such as {@code λ₁}; a word where a table would have two columns
     *     of the component's name
     */
    String value();
}
