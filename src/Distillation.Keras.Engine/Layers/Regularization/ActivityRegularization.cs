using System.Text.Json.Nodes;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Changes nothing, and adds a penalty on what goes through it to the loss: <see cref="Layer.ActivityRegularizer"/>.</summary>
/// <remarks>
/// Input and output (batch, ...); it returns its input itself. Source:
/// <c>keras/src/layers/regularization/activity_regularization.py</c>.
/// </remarks>
public sealed class ActivityRegularization : Layer
{
    /// <inheritdoc cref="ActivityRegularization" path="/summary"/>
    /// <param name="l1">The factor of the absolute values; not negative.</param>
    /// <param name="l2">The factor of the squares; not negative.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is negative or not finite.</exception>
    public ActivityRegularization(double l1 = 0.0, double l2 = 0.0, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype, new L1L2(l1, l2))
    {
        L1 = l1;
        L2 = l2;
    }

    /// <summary>The factor of the absolute values.</summary>
    public double L1 { get; }

    /// <summary>The factor of the squares.</summary>
    public double L2 { get; }

    internal override bool BuildsAtInit => true;

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape;
    }

    /// <summary>The factors stand for the penalty, unless it was given another one.</summary>
    /// <returns>A new object that the caller may change.</returns>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (ActivityRegularizer is L1L2 own && own.L1 == L1 && own.L2 == L2)
        {
            config.Remove("activity_regularizer");
        }

        return config;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) => input;
}
