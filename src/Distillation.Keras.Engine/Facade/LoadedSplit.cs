using NumSharp;

namespace Distillation.Keras.Facade;

/// <summary>One half of what <c>load_data()</c> returns.</summary>
/// <remarks>Immutable, but for the arrays' contents. The arrays belong to the caller.</remarks>
public sealed class LoadedSplit
{
    internal LoadedSplit(NDArray x, NDArray y)
    {
        X = x;
        Y = y;
    }

    /// <summary>The images: uint8, shape (n, 28, 28).</summary>
    [NDBorrowed]
    public NDArray X { get; }

    /// <summary>The labels: uint8, shape (n,).</summary>
    [NDBorrowed]
    public NDArray Y { get; }

    /// <summary>Takes it apart.</summary>
    /// <param name="x">The images.</param>
    /// <param name="y">The labels.</param>
    public void Deconstruct(out NDArray x, out NDArray y) => (x, y) = (X, Y);
}
