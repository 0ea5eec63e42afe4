namespace Distillation.Keras.Soak;

/// <summary>One kind of long run.</summary>
internal abstract class SoakCommand
{
    /// <summary>The word on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What it tries, one line for the help.</summary>
    public abstract string Summary { get; }

    /// <summary>What <c>--times</c> counts.</summary>
    public abstract string Unit { get; }

    /// <summary>Runs, prints what was tried and each failure when it happens.</summary>
    /// <param name="times">How many; null means as many as fit into ten minutes.</param>
    /// <param name="seed">What the first try is made of; those after it follow.</param>
    /// <param name="output">Where to.</param>
    /// <returns>How many tries failed.</returns>
    public abstract long Run(long? times, int seed, TextWriter output);
}
