package ardent.data;

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
     * Creates the exception with what brought it about.
     *
     * @param message one sentence: what was wrong, where, what to do
     * @param cause the error underneath
     */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
