package ardent.run;

import ardent.attack.Attack;
import ardent.attack.Warning;
import ardent.data.Images;
import ardent.evaluate.CorrectImages;
import ardent.evaluate.Evidence;
import ardent.evaluate.Finding;
import ardent.evaluate.Protocol;
import ardent.network.Classifier;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a run keeps of its student under one attack, or without an attack, image by image.
 *
 * @param question all that was asked, see {@link #question}
 * @param right who was right before and under the attack
 * @param doubts what checks found, one sentence each, with its code
 * @param took how long the attack took; zero without one
 */
public record KeptScore(Description question, CorrectImages right, List<String> doubts, Duration took) {
    /** Images, attack and protocol. */
    private record Question(Description data, Optional<Description> attack, Protocol protocol) {}

    /** Copies the list. */
    public KeptScore {
        Arguments.given("question, right, took", question, right, took);
        doubts = Arguments.all("doubts", doubts);
    }

    /**
     * What a student is asked.
     *
     * @param images the images
     * @param attack what attacks them; empty for none
     * @param protocol how it is measured
     * @return equal for equal questions; not repeatable if the attack is a lambda or of a notebook cell
     */
    public static Description question(Images images, Optional<Attack> attack, Protocol protocol) {
        return question(
                Description.of(images.origin()),
                attack.map(each -> Description.of(each, Classifier::hashed)),
                protocol);
    }

    private static Description question(Description data, Optional<Description> attack, Protocol protocol) {
        return Description.of(new Question(data, attack, protocol)).essence();
    }

    /** The scores of one evaluation, clean first; {@code right} in the same order. */
    static List<KeptScore> of(Evidence evidence, List<CorrectImages> right) {
        Evidence.Measured network = evidence.networks().get(0);
        Description clean = question(evidence.data(), Optional.empty(), evidence.protocol());
        var scores = new ArrayList<KeptScore>();
        scores.add(new KeptScore(clean, right.get(0), List.of(), Duration.ZERO));
        for (Evidence.Attacked score : network.attacks()) {
            Description asked = question(evidence.data(), Optional.of(score.attack()), evidence.protocol());
            scores.add(new KeptScore(asked, right.get(scores.size()), doubts(network, score), score.took()));
        }
        return scores;
    }

    /** What checks found; a cascade is also doubted for what its network itself shows. */
    private static List<String> doubts(Evidence.Measured network, Evidence.Attacked score) {
        Stream<String> findings = score.findings().stream().map(Finding::coded);
        var warnings = new ArrayList<>(
                score.stages().isEmpty() ? List.of() : network.checks().warnings());
        warnings.addAll(score.warnings());
        return Stream.concat(findings, warnings.stream().map(Warning::coded)).toList();
    }
}
