package ardent.notebook;

import java.util.function.Consumer;
import java.util.function.Function;

/** Shows the text of things on standard output. */
final class Console implements Kernel {

    @Override
    public void display(Bundle bundle) {
        System.out.println(bundle.text());
    }

    @Override
    public Consumer<Bundle> place(Bundle bundle) {
        display(bundle);
        return this::display;
    }

    @Override
    public void register(Class<?> type, Function<Object, Bundle> renderer) {}

    @Override
    public boolean live() {
        return false;
    }
}
