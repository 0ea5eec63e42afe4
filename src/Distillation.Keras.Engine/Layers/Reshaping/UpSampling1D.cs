namespace Distillation.Keras.Layers;

/// <summary>Each step of a sequence several times.</summary>
/// <remarks>
/// Input (batch, steps, channels), output (batch, steps * size, channels). Source: <c>keras/src/layers/reshaping/up_sampling1d.py</c>.
/// </remarks>
public sealed class UpSampling1D : BaseUpSampling
{
    /// <inheritdoc cref="UpSampling1D" path="/summary"/>
    /// <param name="size">How many times each step comes.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive.</exception>
    public UpSampling1D(int size = 2, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(null, name, trainable, dtype) => Size = Arguments.AtLeast(1, size);

    /// <summary>How many times each step comes.</summary>
    public int Size { get; }

    private protected override Size Factors => Size;
}
