package ardent.data;

import ardent.provenance.Arguments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

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

    /**
     * A line of a file is not what it should be.
     *
     * @param file where it lies
     * @param line counted from 0
     * @param what is wrong with it, from the verb on
     * @return the exception, to be thrown
     */
    public static DataException line(Path file, int line, String what) {
        Arguments.given("file, what", file, what);
        return new DataException("%s cannot be read: line %d %s.".formatted(file, line + 1, what));
    }

    /** Returns a few words on an input or output error, for use inside a sentence. */
    static String reason(Exception error) {
        if (error instanceof UncheckedIOException && error.getCause() instanceof IOException wrapped) {
            return reason(wrapped);
        }
        if (error instanceof NoSuchFileException missing) {
            return "there is no such file in "
                    + Path.of(missing.getFile()).toAbsolutePath().getParent();
        }
        if (error instanceof AccessDeniedException) {
            return "permission denied; ask its owner for read access";
        }
        if (error instanceof CharacterCodingException) {
            return "it is no text in UTF-8";
        }
        String message = error instanceof FileSystemException system ? system.getReason() : error.getMessage();
        return message == null ? error.getClass().getSimpleName() : message;
    }
}
