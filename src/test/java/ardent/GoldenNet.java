package ardent;

import static ardent.network.Layers.averagePool;
import static ardent.network.Layers.chain;
import static ardent.network.Layers.flatten;
import static ardent.network.Layers.relu;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ardent.network.Architecture;
import ardent.network.Classifier;
import ardent.network.Layers;
import ardent.network.Layers.Layer;
import ardent.network.Outputs;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** The small networks of the recorded cases, built from their description. */
public record GoldenNet(JsonObject plan) implements Architecture {
    public static Classifier load(String name) {
        try (var golden = new Golden(name)) {
            JsonObject plan = golden.description().getAsJsonObject("parameters").getAsJsonObject("architecture");
            int classes = plan.get("classes").getAsInt();
            int size = plan.get("size").getAsInt();
            Shape image = new Shape(plan.get("channels").getAsInt(), size, size);
            Classifier classifier = Classifier.of(new GoldenNet(plan), image, classes, 0);
            classifier.layers().set(golden.weights());
            return classifier;
        }
    }

    @Override
    public Body build(Layers net, Shape image, int classes) {
        boolean norm = plan.get("batchNorm").getAsBoolean();
        Layer same = (x, training) -> x;
        JsonObject one = plan.getAsJsonObject("conv1");
        JsonObject two = plan.getAsJsonObject("conv2");
        int pool = plan.getAsJsonObject("pool").get("kernel").getAsInt();
        Layer body = chain(
                conv(net, "conv1", (int) image.get(0), one),
                norm ? net.batchNorm("bn1", number(one, "filters")) : same,
                relu(),
                conv(net, "conv2", number(one, "filters"), two),
                norm ? net.batchNorm("bn2", number(two, "filters")) : same,
                relu(),
                averagePool(pool),
                flatten());
        int side = Math.toIntExact(image.get(1)) / number(one, "stride") / number(two, "stride") / pool;
        Layer head = net.linear("linear", number(two, "filters") * side * side, classes);
        return (images, training) -> {
            NDArray features = body.apply(images, training);
            return new Outputs(features, head.apply(features, training));
        };
    }

    private static Layer conv(Layers net, String name, int in, JsonObject plan) {
        JsonElement bias = plan.get("bias");
        return net.conv(
                name,
                in,
                number(plan, "filters"),
                number(plan, "kernel"),
                number(plan, "stride"),
                number(plan, "padding"),
                1,
                bias.getAsBoolean());
    }

    private static int number(JsonObject plan, String key) {
        return plan.get(key).getAsInt();
    }
}
