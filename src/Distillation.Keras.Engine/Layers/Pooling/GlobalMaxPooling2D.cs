using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The largest value over height and width.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output (batch, channels); with <c>channels_first</c> the input is (batch, channels, height,
/// width). Source: <c>keras/src/layers/pooling/global_max_pooling2d.py</c>.
/// </remarks>
public sealed class GlobalMaxPooling2D : BaseGlobalPooling
{
    /// <inheritdoc cref="GlobalMaxPooling2D" path="/summary"/>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="keepdims">Whether height and width stay as axes of size 1.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public GlobalMaxPooling2D(
        string? data_format = null,
        bool keepdims = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(2, data_format, keepdims, name, trainable, dtype) { }

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.amax(SpatialAxes, Keepdims);
    }
}
