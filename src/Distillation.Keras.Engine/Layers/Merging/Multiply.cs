using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The product of its inputs.</summary>
/// <remarks>
/// Inputs (batch, ...) that broadcast, output of their common shape. Where a mask is false, an input counts as 1; where all
/// inputs have masks, and all are false, the product is 0. Source: <c>keras/src/layers/merging/multiply.py</c>.
/// </remarks>
public sealed class Multiply : Merge
{
    /// <inheritdoc cref="Multiply" path="/summary"/>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Multiply(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    private protected override Tensor Combine(Tensor[] inputs) => inputs.Aggregate(static (a, b) => a * b);

    private protected override Tensor Combine(Tensor[] inputs, Tensor?[] masks)
    {
        Tensor product = Combine([.. inputs.Select((x, i) => masks[i] is Tensor mask ? x.Replaced(mask.logical_not(), 1) : x)]);
        return Array.TrueForAll(masks, m => m is not null)
            ? product.Replaced(masks.Aggregate((a, b) => a!.logical_or(b!))!.logical_not(), 0)
            : product;
    }
}
