namespace Distillation.Keras;

/// <summary>One pass over a <see cref="DataSource"/>: which one, and what its order is to depend on.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class DataPass
{
    /// <summary>Describes a pass.</summary>
    /// <param name="number">How many passes were begun before, from 0.</param>
    /// <param name="shuffle">Whether the samples are wanted in a new order.</param>
    /// <param name="seed">What random numbers of the pass begin with.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="number"/> is negative.</exception>
    public DataPass(int number, bool shuffle = false, int seed = 0)
    {
        Number = Arguments.AtLeast(0, number);
        Shuffle = shuffle;
        Seed = seed;
    }

    /// <summary>How many passes the fit has begun before, from 0.</summary>
    public int Number { get; }

    /// <summary>Whether the samples are wanted in a new order.</summary>
    public bool Shuffle { get; }

    /// <summary>
    /// What random numbers of the pass begin with: another one for each pass of a fit, the same one when an interrupted pass is taken up
    /// again.
    /// </summary>
    public int Seed { get; }
}
