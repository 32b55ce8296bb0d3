package ardent.method;

/** Numbers that a method remembers from step to step; they are kept with a run, so that a resumed run knows them too. */
public interface Memory {
    /**
     * What is remembered.
     *
     * @return the numbers, as many as ever and in a fixed order
     */
    double[] numbers();

    /**
     * Remembers other numbers instead.
     *
     * @param numbers as {@link #numbers} gave them
     */
    void set(double... numbers);
}
