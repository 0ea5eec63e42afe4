using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Nothing: the output is the input. A placeholder, where something else may come in.</summary>
/// <remarks>Input and output (batch, ...). Keeps the type of integers. Source: <c>keras/src/layers/core/identity.py</c>.</remarks>
public sealed class Identity : Layer
{
    /// <inheritdoc cref="Identity" path="/summary"/>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    public Identity(string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) { }

    internal override bool BuildsAtInit => true;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => input;
}
