using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The mean of each window. What is padded does not count, neither in the sum nor in the number, as in TensorFlow.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output (batch, new height, new width, channels); with <c>channels_first</c> the channels come before height and
/// width. Source: <c>keras/src/layers/pooling/average_pooling2d.py</c>.
/// </remarks>
public sealed class AveragePooling2D : Pooling2D
{
    /// <summary>Makes the layer.</summary>
    /// <param name="pool_size">Height and width of the window.</param>
    /// <param name="strides">Steps along height and width; by default the window's size.</param>
    /// <param name="padding"><c>"valid"</c> or <c>"same"</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">An argument does not fit; the message gives the rule.</exception>
    public AveragePooling2D(
        Size pool_size, Size? strides = null, string padding = "valid", string? data_format = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(pool_size ?? throw new ArgumentNullException(nameof(pool_size)), strides, padding, data_format, name, trainable, dtype)
    {
    }

    private protected override Tensor Pool(Tensor x, long[] padding, bool cover) =>
        nn.functional.avg_pool2d(x, PoolSize.ToSizes(), Strides.ToSizes(), padding, cover, count_include_pad: false);

    private protected override Tensor PoolPadded(Tensor x, (long Before, long After) height, (long Before, long After) width)
    {
        Tensor Sums(Tensor t) =>
            nn.functional.avg_pool2d(Spatial.Pad(t, height, width), PoolSize.ToSizes(), Strides.ToSizes(), [0, 0], ceil_mode: false, count_include_pad: true, divisor_override: 1);
        long[] shape = x.shape;
        return Sums(x).div_(Sums(ones([1, 1, shape[2], shape[3]], x.dtype, x.device)));
    }
}
