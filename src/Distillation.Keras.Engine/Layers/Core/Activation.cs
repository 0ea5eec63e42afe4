using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>An activation function as a layer of its own.</summary>
/// <remarks>Input and output (batch, ...). Source: <c>keras/src/layers/activations/activation.py</c>.</remarks>
public sealed class Activation : Layer
{
    private readonly ActivationFunction _function;

    /// <inheritdoc cref="Activation" path="/summary"/>
    /// <param name="activation">The function, by Keras' name (<c>"relu"</c>), as an object or as a layer.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">The name is not known.</exception>
    public Activation(ActivationFunction activation, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(activation);
        _function = Owned(activation);
    }

    /// <summary>The function that is applied to each element, or along the last axis (softmax).</summary>
    public ActivationFunction Function => _function;

    internal override bool BuildsAtInit => true;

    internal override bool MakesProbabilities => true;

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => _function.IsLinear || _function.Is("relu");

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) => BuildActivation(_function, inputShape);

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => _function.Apply(input);
}
