using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The largest value over all steps.</summary>
/// <remarks>
/// Input (batch, steps, channels), output (batch, channels); with <c>channels_first</c> the input is (batch, channels, steps).
/// Source: <c>keras/src/layers/pooling/global_max_pooling1d.py</c>.
/// </remarks>
public sealed class GlobalMaxPooling1D : BaseGlobalPooling
{
    /// <inheritdoc cref="GlobalMaxPooling1D" path="/summary"/>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="keepdims">Whether the steps stay as an axis of size 1.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public GlobalMaxPooling1D(
        string? data_format = null,
        bool keepdims = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(1, data_format, keepdims, name, trainable, dtype) { }

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.amax(SpatialAxes, Keepdims);
    }
}
