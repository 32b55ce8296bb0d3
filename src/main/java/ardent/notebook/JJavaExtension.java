package ardent.notebook;

import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/** Starts Ardent in JJava as soon as the jar is on its class path: the imports and the renderers. */
public final class JJavaExtension implements Extension {

    @Override
    public void install(BaseKernel kernel) {
        Notebook.init(new Jupyter(kernel));
        kernel.evalRaw(Notebook.imports());
    }
}
