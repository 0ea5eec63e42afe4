using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The first input less the second.</summary>
/// <remarks>
/// Inputs (batch, ...) that broadcast, output of their common shape. Source: <c>keras/src/layers/merging/subtract.py</c>.
/// </remarks>
public sealed class Subtract : Merge
{
    /// <inheritdoc cref="Subtract" path="/summary"/>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public Subtract(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    private protected override int? InputCount => 2;

    private protected override Tensor Combine(Tensor[] inputs) => inputs[0] - inputs[1];
}
