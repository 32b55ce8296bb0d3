package ardent.network;

import ai.djl.ndarray.NDArray;
import ardent.provenance.Arguments;
import java.util.List;
import java.util.Map;

/**
 * What a weight file holds.
 *
 * @param arrays arrays by name, owned by the manager given to {@link Weights#read}
 * @param metadata texts by key; for files of {@code torch.save}, {@code part} is the key that led to the weights
 * @param format what kind of file it is, in words
 * @param unread types of the arrays that are not read, by name
 * @param others parts of the file with other networks, where the caller did not say which is meant
 */
public record WeightContent(
        Map<String, NDArray> arrays,
        Map<String, String> metadata,
        String format,
        Map<String, String> unread,
        List<String> others) {
    /** Nothing is null. */
    public WeightContent {
        Arguments.all("arrays", arrays);
        Arguments.all("metadata", metadata);
        Arguments.given("format", format);
        Arguments.all("unread", unread);
        Arguments.all("others", others);
    }
}
