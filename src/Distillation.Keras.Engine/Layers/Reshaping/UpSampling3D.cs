namespace Distillation.Keras.Layers;

/// <summary>Each entry of a volume several times along depth, height and width.</summary>
/// <remarks>
/// Input (batch, depth, height, width, channels), output of the same rank; with <c>channels_first</c> the channels come before the spatial
/// axes. Source: <c>keras/src/layers/reshaping/up_sampling3d.py</c>.
/// </remarks>
public sealed class UpSampling3D : BaseUpSampling
{
    /// <inheritdoc cref="UpSampling3D" path="/summary"/>
    /// <param name="size">How many times each entry comes along depth, height and width; 2 by default.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public UpSampling3D(
        Size? size = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(data_format, name, trainable, dtype) => Size = (size ?? 2).Expand(3, nameof(size));

    /// <summary>How many times each entry comes along depth, height and width.</summary>
    public Size Size { get; }

    private protected override Size Factors => Size;
}
