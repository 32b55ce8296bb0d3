package ardent.data;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** Says in one sentence which file could not be read, fetched or trusted, and what to do about it. */
public final class DataException extends RuntimeException {
    /**
     * Creates the exception.
     *
     * @param message one sentence: what was wrong, where, what to do
     */
    public DataException(String message) {
        super(message);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message one sentence: what was wrong, where, what to do
     * @param cause the error underneath
     */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns a few words on an input or output error, for use inside a sentence. */
    static String reason(IOException error) {
        String message = error.getMessage();
        return message == null || error instanceof FileSystemException
                ? error.getClass().getSimpleName()
                : message;
    }
}
