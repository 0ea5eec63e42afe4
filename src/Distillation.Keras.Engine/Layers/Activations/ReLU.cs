using TorchSharp;
using static TorchSharp.torch;
using Functions = Distillation.Keras.Activations;

namespace Distillation.Keras.Layers;

/// <summary>The rectified linear unit as a layer: max(x, 0) by default.</summary>
/// <remarks>Input and output (batch, ...). Source: <c>keras/src/layers/activations/relu.py</c>.</remarks>
public sealed class ReLU : Layer
{
    /// <inheritdoc cref="ReLU" path="/summary"/>
    /// <param name="max_value">The largest value, not negative; <see langword="null"/> or infinity for none.</param>
    /// <param name="negative_slope">The slope below the threshold, not negative.</param>
    /// <param name="threshold">Where the rectified part begins, not negative.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is negative or not finite.</exception>
    public ReLU(
        double? max_value = null,
        double negative_slope = 0.0,
        double threshold = 0.0,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(name, trainable, dtype)
    {
        MaxValue = max_value == double.PositiveInfinity ? null : Arguments.NotNegative(max_value);
        NegativeSlope = Arguments.NotNegative(negative_slope);
        Threshold = Arguments.NotNegative(threshold);
    }

    /// <summary>The largest value.</summary>
    public double? MaxValue { get; }

    /// <summary>The slope below the threshold.</summary>
    public double NegativeSlope { get; }

    /// <summary>Where the rectified part begins.</summary>
    public double Threshold { get; }

    internal override bool BuildsAtInit => true;

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) =>
        NegativeSlope == 0 && double.IsInteger(Threshold) && double.IsInteger(MaxValue ?? 0);

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.is_floating_point() || (Threshold == 0 && MaxValue is null))
        {
            return Functions.Relu(input, NegativeSlope, MaxValue, Threshold);
        }

        // libtorch makes fractions of whole numbers that are held to a limit.
        using DisposeScope scope = NewDisposeScope();
        return Functions.Relu(input.to(ScalarType.Float64), NegativeSlope, MaxValue, Threshold).to(input.dtype).MoveToOuterDisposeScope();
    }
}
