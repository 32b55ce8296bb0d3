package ardent.network;

/** What public checkpoints call the same weights otherwise. */
final class Names {
    private Names() {}

    /** The names of torchvision's ResNets, for those who cut its stem down to small images. */
    static String resNet(String name) {
        String here = name.replace(".downsample.", ".shortcut.");
        return here.startsWith("fc.") ? "linear." + here.substring(3) : here;
    }
}
