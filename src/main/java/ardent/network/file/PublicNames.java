package ardent.network.file;

/** What public checkpoints call the same weights otherwise. */
public final class PublicNames {
    private PublicNames() {}

    /** The names of torchvision's ResNets, for those who cut its stem down to small images. */
    public static String resNet(String name) {
        String here = name.replace(".downsample.", ".shortcut.");
        return here.startsWith("fc.") ? "linear." + here.substring(3) : here;
    }
}
