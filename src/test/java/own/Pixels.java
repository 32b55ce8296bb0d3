package own;

import ai.djl.ndarray.types.Shape;
import ardent.network.Architecture;
import ardent.network.Chain;
import ardent.network.Layers;

/** A network of a user's own program, which is no class of the kit. */
public record Pixels() implements Architecture {
    @Override
    public Body build(Layers net, Shape image, int classes) {
        return new Chain(net, image).linear("linear", classes).body();
    }
}
