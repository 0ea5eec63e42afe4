namespace Distillation.Keras.Layers;

/// <summary>Zeros around a sequence.</summary>
/// <remarks>
/// Input (batch, steps, channels), output of the same rank; with <c>channels_first</c> the channels come before the steps.
/// Source: <c>keras/src/layers/reshaping/zero_padding1d.py</c>.
/// </remarks>
public sealed class ZeroPadding1D : BaseZeroPadding
{
    /// <inheritdoc cref="ZeroPadding1D" path="/summary"/>
    /// <param name="padding">How many steps: <c>1</c> (the default) or <c>(before, after)</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public ZeroPadding1D(
        Padding1D? padding = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype) => Padding = padding ?? 1;

    /// <summary>How many steps before and after.</summary>
    public Padding1D Padding { get; }

    private protected override SpatialPadding Sides => Padding;
}
