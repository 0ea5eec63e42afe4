using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Divides each sample by its length along some of its axes, so that the length is 1; zeros stay what they are.</summary>
/// <remarks>
/// Input and output (batch, ...). Lengths below 1e-12 count as 1e-12; there the gradient is 1e12 times that of the output. Source:
/// <c>keras/src/layers/normalization/unit_normalization.py</c>.
/// </remarks>
public sealed class UnitNormalization : BaseAxisNormalization
{
    private const double LeastSquare = 1e-24;

    /// <inheritdoc cref="UnitNormalization" path="/summary"/>
    /// <param name="axis">The axis, or axes, of which the length is taken; -1, the last, by default.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    public UnitNormalization(Axes? axis = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(axis, name, trainable, dtype) { }

    internal override bool BuildsAtInit => true;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Wide(input);
        long[] axes = Array.ConvertAll(Ascending((int)x.dim()), a => (long)a);
        return Narrow(x.mul(x.Squared().sum(axes, keepdim: true).AtLeast(LeastSquare).rsqrt())).MoveToOuterDisposeScope();
    }
}
