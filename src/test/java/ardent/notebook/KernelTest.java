package ardent.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import ardent.progress.Progress;
import ardent.progress.Progress.State;
import ardent.report.HtmlView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.DisplayStream;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;
import org.dflib.jjava.jupyter.messages.ContentType;
import org.dflib.jjava.jupyter.messages.publish.PublishUpdateDisplayData;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

class KernelTest {

    @Test
    void withoutAKernelTheConsoleIsFound() {
        assertThat(Kernel.find()).isInstanceOf(Console.class);
        assertThat(printed(() -> Notebook.show("one", 2, null))).isEqualTo("one\n2\nnull\n");
        assertThat(printed(() -> Notebook.show((Object[]) null))).isEqualTo("null\n");
        assertThat(printed(() -> Notebook.show((Object) new int[][] {{1, 2}}))).contains("0  1  2");
    }

    @Test
    void aKernelGetsBundlesIdsAndRenderers() {
        var fake = new FakeKernel();
        var kernel = new Jupyter(fake);
        Thread.currentThread().interrupt();
        kernel.place(Bundle.of("text").with(Bundle.PNG, "AAAA").sized(Bundle.PNG, 3, 4));
        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        var shown = fake.shown.get(0);
        assertThat(shown.hasDisplayId()).isTrue();
        assertThat(shown.getData(MIMEType.TEXT_PLAIN)).isEqualTo("text");
        assertThat(fake.flags).containsExactly(false);
        kernel.display(Bundle.of("plain"));
        assertThat(fake.shown.get(1).hasDisplayId()).isFalse();

        kernel.register(Table.class, Renderers::bundle);
        kernel.register(HtmlView.class, Renderers::bundle);
        var table = fake.getRenderer().render(Table.create(IntColumn.create("n", 1)));
        assertThat(table.getData(MIMEType.TEXT_HTML)).asString().contains("<table");
        HtmlView broken = () -> {
            throw new InternalError("no");
        };
        assertThat(fake.getRenderer().render(broken).getData(MIMEType.TEXT_PLAIN))
                .asString()
                .endsWith("cannot be shown: java.lang.InternalError: no");
    }

    @Test
    void theExtensionRunsTheImports() {
        var fake = new FakeKernel();
        new JJavaExtension().install(fake);
        assertThat(fake.evaluated).containsExactly(Notebook.imports());
        assertThat(Notebook.imports()).doesNotContain("\n").endsWith("ardent.notebook.Notebook.init();");
    }

    @Test
    void progressIsOneBarThatBecomesOneLine() {
        var fake = new FakeKernel();
        var line = new LiveLine(new Jupyter(fake));
        line.on(at(0.5, State.RUNNING));
        assertThat(fake.shown).isEmpty();
        line.on(at(1.5, State.RUNNING));
        line.on(at(2, State.DONE));
        line.on(at(0.2, State.DONE));
        assertThat(fake.shown).hasSize(1);
        assertThat(LiveLine.draw(at(1.5, State.RUNNING)).data().get(Bundle.HTML))
                .contains("width: 25%", "&lt;b&gt;");
        var last = LiveLine.draw(at(61, State.DONE));
        assertThat(last.text()).isEqualTo("✓ train <b> · epoch 1/4 · 61 s");
        assertThat(last.data().get(Bundle.HTML)).doesNotContain("width:");
    }

    @Test
    void theLastWordReachesTheCellThatBeganWhoeverEndsFirst() throws Exception {
        var fake = new FakeKernel();
        var line = new LiveLine(new Jupyter(fake));
        var cell = new Cell();
        cell.in(fake);
        line.on(at(1.5, State.RUNNING));
        line.on(at(1.6, State.STOPPING));
        fake.between();
        line.on(at(1.7, State.STOPPING));
        var next = new Cell();
        next.in(fake);
        line.on(at(2, State.STOPPED));
        assertThat(cell.told).hasSize(3).last().isEqualTo("◼ train <b> · epoch 1/4 · 1/4 · 2 s · stopped early");
        assertThat(next.told).isEmpty();
    }

    @Test
    void whatAWorkHasSoFarStandsInOnePlace() {
        var fake = new FakeKernel();
        var line = new LiveLine(new Jupyter(fake));
        line.see(Table.create(IntColumn.create("n", 1)));
        line.on(at(1.5, State.RUNNING));
        line.see(Table.create(IntColumn.create("n", 1, 2)));
        line.on(at(2, State.DONE));
        assertThat(fake.shown).as("the table and the bar, each once").hasSize(2);
        assertThat(fake.shown.get(0).getData(MIMEType.TEXT_HTML)).asString().contains("<table");
        line.see(Table.create(IntColumn.create("n", 3)));
        line.on(at(0.5, State.DONE));
        assertThat(fake.shown).as("the next work has its own").hasSize(3);
    }

    private static Progress at(double seconds, State state) {
        return new Progress(
                "train <b>", "epoch 1/4", 1, 4, Map.of(), Duration.ofMillis(Math.round(seconds * 1000)), state);
    }

    private static String printed(Runnable step) {
        var before = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            step.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace("\r", "");
    }

    /** Where a cell's messages go: what replaced something is noted. */
    private static final class Cell extends ShellReplyEnvironment {
        private final List<String> told = new ArrayList<>();

        Cell() {
            super(null, null, null, null);
        }

        void in(FakeKernel kernel) throws ReflectiveOperationException {
            kernel.attach(this);
        }

        @Override
        public <T extends ContentType<T>> void publish(T content) {
            assertThat(content).isInstanceOf(PublishUpdateDisplayData.class);
            told.add((String) ((DisplayData) (Object) content).getData(MIMEType.TEXT_PLAIN));
        }
    }

    /** JJava's kernel without its sockets. */
    private static final class FakeKernel extends BaseKernel {
        private final List<DisplayData> shown = new ArrayList<>();
        private final List<Boolean> flags = new ArrayList<>();
        private final List<String> evaluated = new ArrayList<>();

        FakeKernel() {
            super(
                    "fake",
                    "0",
                    new LanguageInfo.Builder("Java").build(),
                    List.of(),
                    null,
                    new JupyterIO(StandardCharsets.UTF_8),
                    new CommManager(),
                    new Renderer(),
                    null,
                    null,
                    false,
                    new StringStyler.Builder().build());
        }

        void between() throws ReflectiveOperationException {
            attach(null);
        }

        void attach(ShellReplyEnvironment cell) throws ReflectiveOperationException {
            var set = DisplayStream.class.getDeclaredMethod("setEnv", ShellReplyEnvironment.class);
            set.setAccessible(true);
            set.invoke(getIO().display, cell);
        }

        @Override
        public void display(DisplayData data) {
            shown.add(data);
            flags.add(Thread.currentThread().isInterrupted());
        }

        @Override
        public Object evalRaw(String code) {
            evaluated.add(code);
            return "";
        }

        @Override
        public DisplayData inspect(String code, int at, boolean extra) {
            return DisplayData.EMPTY;
        }

        @Override
        public ReplacementOptions complete(String code, int at) {
            return null;
        }

        @Override
        public String isComplete(String code) {
            return IS_COMPLETE_YES;
        }
    }
}
