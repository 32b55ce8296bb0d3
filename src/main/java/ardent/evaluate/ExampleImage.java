package ardent.evaluate;

import ardent.provenance.Arguments;

/**
 * One image before and after an attack, kept to be looked at.
 *
 * @param truth its class
 * @param before class predicted for the clean image
 * @param after class predicted for the adversarial image
 * @param clean the image
 * @param adversarial what the attack made of it
 */
public record ExampleImage(String truth, String before, String after, ImagePixels clean, ImagePixels adversarial) {
    /** Nothing is null. */
    public ExampleImage {
        Arguments.given("truth", truth);
        Arguments.given("before", before);
        Arguments.given("after", after);
        Arguments.given("clean", clean);
        Arguments.given("adversarial", adversarial);
    }
}
