package ardent.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ardent.progress.Progress.State;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void oneLineTellsAll() {
        var figures = new LinkedHashMap<String, String>();
        figures.put("loss", "0.52");
        figures.put("robust", "41 %");
        var running =
                new Progress("train SmallCnn", "epoch 2/3", 50, 150, figures, Duration.ofSeconds(100), State.RUNNING);
        assertThat(running.line())
                .isEqualTo("train SmallCnn · epoch 2/3 · 50/150 · loss 0.52 · robust 41 % · 100 s"
                        + " · about 3 min 20 s left");
        assertThat(at(150, 150, State.DONE).line()).isEqualTo("train · epoch 2/3 · 10 s");
        assertThat(at(50, 150, State.STOPPED).line()).isEqualTo("train · epoch 2/3 · 50/150 · 10 s · stopped early");
        assertThat(at(50, 150, State.FAILED).line()).endsWith("failed");
        assertThat(new Progress(
                                "train",
                                "",
                                1,
                                2,
                                Map.of(),
                                Duration.ofSeconds(1),
                                State.STOPPED,
                                "paused; resume() goes on",
                                null)
                        .line())
                .isEqualTo("train · 1/2 · 1 s · paused; resume() goes on");
    }

    @Test
    void unknownTotalsHaveNoShareAndNoRest() {
        assertThat(at(5, 0, State.RUNNING).share()).isZero();
        assertThat(at(5, 0, State.RUNNING).remaining()).isEmpty();
        assertThat(at(0, 5, State.RUNNING).remaining()).isEmpty();
        assertThat(at(9, 5, State.RUNNING).share()).isEqualTo(1);
        assertThatThrownBy(() -> at(-1, 5, State.RUNNING)).hasMessage("Progress counts from 0, not -1 of 5.");
    }

    @Test
    void plainLinesSayOneThingPerPhaseAndNothingOfShortWork() {
        assertThat(printed(
                        told("epoch 1/2", 0.2, State.RUNNING),
                        told("epoch 1/2", 4, State.RUNNING),
                        told("epoch 2/2", 4.2, State.RUNNING),
                        told("epoch 2/2", 8, State.DONE)))
                .isEqualTo("train · epoch 1/2 · 1/2 · 4 s · about 4 s left\ntrain · epoch 2/2 · 8 s\n");
        assertThat(printed(told("a", 0.1, State.RUNNING), told("b", 0.2, State.RUNNING), told("b", 0.3, State.DONE)))
                .isEmpty();
        assertThat(printed(told("a", 2, State.RUNNING), told("b", 2.1, State.RUNNING), told("c", 2.2, State.RUNNING)))
                .isEqualTo("train · a · 1/2 · 2 s · about 2 s left\n");
    }

    @Test
    void theEnvironmentChooses() {
        Listener auto = progress -> {};
        assertThat(Listener.chosen(Map.of(), () -> auto)).isSameAs(auto);
        assertThat(Listener.chosen(Map.of("ARDENT_PROGRESS", "auto", "CI", "true"), () -> auto))
                .isSameAs(auto);
        assertThat(Listener.chosen(Map.of("CI", "true"), () -> auto)).isInstanceOf(PlainLines.class);
        assertThat(Listener.chosen(Map.of("ARDENT_PROGRESS", "plain"), () -> auto))
                .isInstanceOf(PlainLines.class);
        assertThat(Listener.chosen(Map.of("ARDENT_PROGRESS", "none"), () -> auto))
                .isNotInstanceOf(PlainLines.class)
                .isNotSameAs(auto);
        assertThatThrownBy(() -> Listener.chosen(Map.of("ARDENT_PROGRESS", "loud"), () -> auto))
                .hasMessage("ARDENT_PROGRESS is \"loud\"; it may be plain, none or auto.");
    }

    private static Progress at(long done, long total, State state) {
        return new Progress("train", "epoch 2/3", done, total, Map.of(), Duration.ofSeconds(10), state);
    }

    private static Progress told(String phase, double seconds, State state) {
        return new Progress("train", phase, 1, 2, Map.of(), Duration.ofMillis(Math.round(seconds * 1000)), state);
    }

    private static String printed(Progress... news) {
        var before = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            var plain = Listener.plain();
            for (var progress : news) {
                plain.on(progress);
            }
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace("\r", "");
    }
}
