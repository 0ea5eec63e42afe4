using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Says that steps do not count whose entries all have a certain value, and sets these entries to 0. Layers behind it, the loss and the
/// metrics leave such steps out.
/// </summary>
/// <remarks>
/// Input and output (batch, steps, features), mask (batch, steps); likewise for other numbers of axes. Source:
/// <c>keras/src/layers/core/masking.py</c>.
/// </remarks>
public sealed class Masking : Layer
{
    /// <inheritdoc cref="Masking" path="/summary"/>
    /// <param name="mask_value">The value: a step that consists of it alone does not count.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public Masking(double mask_value = 0.0, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => MaskValue = Arguments.Finite(mask_value);

    /// <summary>The value of which the steps consist that do not count.</summary>
    public double MaskValue { get; }

    internal override bool BuildsAtInit => true;

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank >= 2
            ? inputShape
            : throw new ArgumentException(
                $"Masking '{Name}' takes an input of at least 2 axes, (batch, ..., features), but its shape is {inputShape}."
            );
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        return input.Replaced(input.IsNot(MaskValue).any(-1, keepdim: true).logical_not(), 0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using Tensor counts = inputs.Tensors[0].IsNot(MaskValue);
        return [counts.any(-1, keepdim: false)];
    }
}
