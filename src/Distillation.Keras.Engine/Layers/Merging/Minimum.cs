using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The smallest of its inputs, value by value.</summary>
/// <remarks>
/// Inputs (batch, ...) that broadcast, output of their common shape; where a mask is false, the other inputs' value. Source:
/// <c>keras/src/layers/merging/minimum.py</c>.
/// </remarks>
public sealed class Minimum : Merge
{
    /// <inheritdoc cref="Minimum" path="/summary"/>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Minimum(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    private protected override Tensor Combine(Tensor[] inputs) => inputs.Aggregate(minimum);

    private protected override Tensor Combine(Tensor[] inputs, Tensor?[] masks) => CombinePairs(inputs, masks, minimum);
}
