using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The mean over all steps that count.</summary>
/// <remarks>
/// With a mask (batch, steps) the steps that do not count are left out, and the output has none; where none counts the mean is NaN, as in
/// Keras. Input (batch, steps, channels), output (batch, channels); with <c>channels_first</c> the input is (batch, channels, steps).
/// Source: <c>keras/src/layers/pooling/global_average_pooling1d.py</c>.
/// </remarks>
public sealed class GlobalAveragePooling1D : BaseGlobalPooling
{
    /// <inheritdoc cref="GlobalAveragePooling1D" path="/summary"/>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="keepdims">Whether the steps stay as an axis of size 1.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public GlobalAveragePooling1D(
        string? data_format = null,
        bool keepdims = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(1, data_format, keepdims, name, trainable, dtype) { }

    internal override bool MayMakeMasks => false;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <summary>None: the steps are gone.</summary>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs) => [];

    private protected override Tensor ForwardMasked(Tensor input, Tensor mask, CallContext context)
    {
        bool last = DataFormat == "channels_last";
        long steps = input.shape[SpatialAxes[0]];
        if (mask.dim() != 2 || (mask.shape[0] != input.shape[0] && mask.shape[0] != 1) || (mask.shape[1] != steps && mask.shape[1] != 1))
        {
            throw new ArgumentException(
                $"GlobalAveragePooling1D '{Name}' takes a mask (batch, steps), but the input has the shape "
                    + $"{Shape.FromSizes(input.shape)}, {DataFormat}, and its mask {Shape.FromSizes(mask.shape)}.",
                nameof(mask)
            );
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor counts = Masks.AsBool(mask).unsqueeze(last ? 2 : 1).expand(last ? [input.shape[0], steps, 1] : [input.shape[0], 1, steps]);
        Tensor sum = input.Replaced(counts.logical_not(), 0).sum(SpatialAxes, Keepdims);
        return sum.div(counts.to_type(input.dtype).sum(SpatialAxes, Keepdims)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.mean(SpatialAxes, Keepdims);
    }
}
