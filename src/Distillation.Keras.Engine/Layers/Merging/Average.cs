using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The mean of its inputs.</summary>
/// <remarks>Inputs (batch, ...) that broadcast, output of their common shape. Source: <c>keras/src/layers/merging/average.py</c>.</remarks>
public sealed class Average : Merge
{
    /// <inheritdoc cref="Average" path="/summary"/>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Average(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    /// <summary>Never: a mean has fractions.</summary>
    private protected override bool ComputesIntegers(bool training) => false;

    private protected override Tensor Combine(Tensor[] inputs) => inputs.Aggregate(static (a, b) => a.Plus(b)).Over(inputs.Length);
}
