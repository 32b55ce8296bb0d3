package ardent.report;

import ai.djl.ndarray.NDArray;
import ardent.attack.Attack;
import ardent.attack.Ball;
import ardent.attack.Curve;
import ardent.data.Images;
import ardent.evaluate.Protocol;
import ardent.evaluate.Subject;
import ardent.evaluate.UniqueNames;
import ardent.network.Classifier;
import ardent.network.EngineEnvironment;
import ardent.network.Network;
import ardent.progress.Work;
import ardent.provenance.Arguments;
import ardent.provenance.Description;
import ardent.provenance.Environment;
import ardent.provenance.Fact;
import ardent.provenance.Node;
import ardent.provenance.Numbers;
import ardent.report.chart.Charts;
import ardent.tensor.Torch;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * Accuracy of several networks against the radius of one attack, to be read.
 *
 * @param curves curves by the network's name, all over the same radii, at least one
 * @param size number of images, at least 1
 * @param evidence where each number comes from
 */
public record Sweep(Map<String, Curve> curves, int size, Description evidence) implements ResultTable {
    /** Copies the map and checks that there are a curve and an image. */
    public Sweep {
        Arguments.given("evidence", evidence);
        curves = Arguments.all("curves", curves);
        if (curves.isEmpty()) {
            throw new IllegalArgumentException("There is no network to sweep.");
        }
        if (size < 1) {
            throw new IllegalArgumentException("A sweep needs at least 1 image, not " + size + ".");
        }
    }

    /** What is behind the curves. */
    private record Swept(
            @Fact Instant time,
            @Fact Environment environment,
            int images,
            Description data,
            List<Description> attacks,
            List<Optional<Ball>> balls,
            List<Line> networks) {}

    private record Line(String name, Curve curve, Description origin) {}

    /**
     * Curves measured now and here.
     *
     * @param curves curves by the network's name, all over the same radii, at least one
     * @param networks the networks by the same names
     * @param images what was attacked
     * @param attack the attack for a radius
     * @return the sweep
     */
    public static Sweep of(
            Map<String, Curve> curves,
            Map<String, ? extends Network> networks,
            Images images,
            Function<Float, Attack> attack) {
        Arguments.all("curves", curves);
        Arguments.all("networks", networks);
        Arguments.given("images, attack", images, attack);
        List<Attack> attacks = curves.values().stream().findFirst().map(Curve::radii).orElse(List.of()).stream()
                .filter(radius -> radius > 0)
                .map(attack)
                .toList();
        var swept = new Swept(
                Instant.now(),
                EngineEnvironment.now(),
                images.size(),
                Description.of(images.origin()),
                attacks.stream()
                        .map(each -> Description.of(each, Classifier::hashed))
                        .toList(),
                attacks.stream().map(each -> Optional.ofNullable(each.ball())).toList(),
                curves.entrySet().stream()
                        .map(each -> new Line(
                                each.getKey(),
                                each.getValue(),
                                Subject.of(Objects.requireNonNull(networks.get(each.getKey())))
                                        .description()))
                        .toList());
        return new Sweep(curves, images.size(), Description.of(swept));
    }

    /**
     * Where each number comes from: the attack at each radius with all its parameters, data, networks, environment.
     *
     * @return a tree that prints itself
     */
    public Lineage provenance() {
        return new Lineage(evidence);
    }

    /**
     * Measures one curve after the other; a stopped work has those that are done.
     *
     * @param networks at least one
     * @param images clean images
     * @param attack the attack for a radius
     * @param radii ε, rising
     * @param task the work that this is part of
     * @return the sweep
     * @throws CancellationException if the work was stopped before the first curve was done
     */
    public static Sweep measure(
            List<? extends Network> networks,
            Images images,
            Function<Float, Attack> attack,
            List<Float> radii,
            Work.Task task) {
        Arguments.given("images, attack", images, attack);
        Arguments.all("radii", radii);
        Arguments.given("task", task);
        List<Subject> subjects =
                Arguments.all("networks", networks).stream().map(Subject::of).toList();
        List<String> names = UniqueNames.of(
                subjects.stream().map(Subject::name).toList(),
                subjects.stream().map(Subject::description).toList(),
                UniqueNames.Kind.NETWORK);
        Curve.attacks(radii, attack).forEach(Description::of); // what none can be made of is refused before work starts
        var curves = new LinkedHashMap<String, Curve>();
        var named = new LinkedHashMap<String, Network>();
        try (NDArray clean = images.pixels(Torch.manager());
                NDArray labels = images.labels(Torch.manager())) {
            for (int i = 0; i < networks.size() && !task.stopping(); i++) {
                named.put(names.get(i), networks.get(i));
                curves.put(
                        names.get(i),
                        Curve.of(networks.get(i), clean, labels, radii, attack, new Protocol().batchSize()));
                task.report(names.get(i), curves.size(), networks.size(), Map.of());
                task.ending("stopped; " + curves.size() + " of " + networks.size() + " networks have their curve");
            }
        }
        if (curves.isEmpty() && !networks.isEmpty()) {
            throw new CancellationException("The sweep was stopped before its first curve was done.");
        }
        return of(curves, named, images, attack);
    }

    private Curve first() {
        return curves.values().iterator().next();
    }

    /**
     * One row per network, one column per radius.
     *
     * @return accuracies in %
     */
    public Table table() {
        return table((radius, at) -> Tables.numbers(
                radius,
                Tables.pattern(size),
                List.copyOf(curves.values()),
                curve -> Tables.percent(curve.accuracies().get(at))));
    }

    private Table table(BiFunction<String, Integer, Column<?>> column) {
        List<String> radii = Numbers.shown(first().radii());
        Table table = Table.create(heading(), Tables.texts(Tables.NAME, List.copyOf(curves.keySet()), name -> name));
        for (int i = 0; i < radii.size(); i++) {
            table.addColumns(column.apply("ε = " + radii.get(i), i));
        }
        return table;
    }

    /**
     * The curves.
     *
     * @return a chart of accuracy in % against ε
     * @throws IllegalStateException if this machine has no fonts
     */
    public XYChart plot() {
        double[] radii = first().radii().stream().mapToDouble(Float::floatValue).toArray();
        var accuracies = new LinkedHashMap<String, double[]>();
        curves.forEach((name, curve) -> accuracies.put(
                name,
                curve.accuracies().stream()
                        .mapToDouble(accuracy -> 100 * accuracy)
                        .toArray()));
        return Charts.accuracies("Accuracy under " + first().attack(), "ε", radii, accuracies, about());
    }

    private String about() {
        return data() + "right both clean and at every radius up to ε" + ball() + ". A curve that falls later is more"
                + " robust; one that does not come near 0 at a large ε calls for a stronger attack.";
    }

    private String data() {
        return Footnotes.data(evidence) + size + " images · ";
    }

    @Override
    public TableCells printed() {
        return TableCells.of(table((radius, at) -> Tables.texts(
                radius,
                List.copyOf(curves.values()),
                curve -> Tables.interval(curve.accuracies().get(at), size))));
    }

    @Override
    public String caption() {
        return data() + heading() + ". 95 % Wilson intervals in brackets.";
    }

    /** The table as aligned text. */
    @Override
    public String toString() {
        return view().text();
    }

    private ResultView view() {
        return new ResultView(data() + heading() + ".", table(), List.of(), warnings());
    }

    /** The ball of the attacks, such as {@code  (L∞ ≤ ε)}; empty unless all have one, of one norm. */
    private String ball() {
        List<String> norms =
                evidence.root() instanceof Node.Fields swept && swept.part("balls") instanceof Node.Items balls
                        ? balls.items().stream().map(Sweep::norm).distinct().toList()
                        : List.of();
        return norms.size() == 1 && !norms.get(0).isEmpty() ? " (" + norms.get(0) + " ≤ ε)" : "";
    }

    private static String norm(Node ball) {
        return ball instanceof Node.Fields ? ThreatModel.norm((Ball) new Description(ball).rebuild()) : "";
    }

    private String heading() {
        return first().attack() + ball()
                + ", accuracy (%) by radius ε; counts images classified correctly clean and under"
                + " attack at every radius up to ε";
    }

    /**
     * What a reader has to know before trusting a curve: images that left the ball or the pixel range do not count as
     * broken.
     *
     * @return one sentence each; empty if all is well
     */
    @Override
    public List<String> warnings() {
        return curves.entrySet().stream()
                .flatMap(each -> each.getValue().warnings().stream().map(warning -> each.getKey() + ": " + warning))
                .toList();
    }

    @Override
    public String html() {
        return view().html();
    }
}
