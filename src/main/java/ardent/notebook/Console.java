package ardent.notebook;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Shows the text of things on standard output. */
final class Console implements Kernel {

    @Override
    public void display(Bundle bundle, @Nullable String id) {
        System.out.println(bundle.text());
    }

    @Override
    public void update(String id, Bundle bundle) {
        display(bundle, id);
    }

    @Override
    public void register(Class<?> type, Function<Object, Bundle> renderer) {}

    @Override
    public boolean live() {
        return false;
    }
}
