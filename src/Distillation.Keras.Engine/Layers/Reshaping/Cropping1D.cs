namespace Distillation.Keras.Layers;

/// <summary>A sequence without its first and last steps.</summary>
/// <remarks>
/// Input (batch, steps, channels), output of the same rank.
/// The output is a view of the input. Source: <c>keras/src/layers/reshaping/cropping1d.py</c>.
/// </remarks>
public sealed class Cropping1D : BaseCropping
{
    /// <inheritdoc cref="Cropping1D" path="/summary"/>
    /// <param name="cropping">How many steps: <c>1</c> (the default) or <c>(before, after)</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    public Cropping1D(Padding1D? cropping = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(null, name, trainable, dtype) => Cropping = cropping ?? 1;

    /// <summary>How many steps before and after.</summary>
    public Padding1D Cropping { get; }

    private protected override SpatialPadding Sides => Cropping;
}
