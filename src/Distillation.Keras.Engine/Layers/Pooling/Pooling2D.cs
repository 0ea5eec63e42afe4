using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What <see cref="MaxPooling2D"/> and <see cref="AveragePooling2D"/> share.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output of the same rank; with <c>channels_first</c> the channels come before height and width.
/// Source: <c>keras/src/layers/pooling/base_pooling.py</c>.
/// </remarks>
public abstract class Pooling2D : Layer
{
    private protected Pooling2D(Size? pool_size, Size? strides, string padding, string? data_format, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype)
    {
        PoolSize = (pool_size ?? 2).Expand(2, nameof(pool_size));
        Strides = (strides ?? PoolSize).Expand(2, nameof(strides));
        Padding = Spatial.Padding(padding, ClassName);
        DataFormat = Spatial.DataFormat(data_format, ClassName);
    }

    /// <summary>Height and width of the window.</summary>
    public Size PoolSize { get; }

    /// <summary>Steps along height and width.</summary>
    public Size Strides { get; }

    /// <summary><c>"valid"</c> or <c>"same"</c>.</summary>
    public string Padding { get; }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    internal override bool BuildsAtInit => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        string me = $"{ClassName} '{Name}'";
        Spatial.RequireImages(inputShape, me, DataFormat);
        return Spatial.OutputShape(inputShape, PoolSize, Strides, null, Padding, DataFormat, me);
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Spatial.ToChannelsFirst(input, DataFormat);
        return Spatial.FromChannelsFirst(Padding == "same" ? PoolSame(x) : Pool(x, [0, 0], cover: false), DataFormat).MoveToOuterDisposeScope();
    }

    /// <summary>Pools (batch, channels, height, width) with equal padding on both sides.</summary>
    /// <param name="x">The input.</param>
    /// <param name="padding">For height and width; at most half the window.</param>
    /// <param name="cover">Whether a last window may stick out at the end.</param>
    private protected abstract Tensor Pool(Tensor x, long[] padding, bool cover);

    /// <summary>Pools with padding that differs between the sides.</summary>
    private protected abstract Tensor PoolPadded(Tensor x, (long Before, long After) height, (long Before, long After) width);

    private Tensor PoolSame(Tensor x)
    {
        long[] shape = x.shape;
        (long Before, long After) height = Spatial.SamePadding(shape[2], PoolSize[0], Strides[0], 1);
        (long Before, long After) width = Spatial.SamePadding(shape[3], PoolSize[1], Strides[1], 1);

        // One more behind than before is a last window that sticks out by one, unless the stride is 1. That spares the copy of a padded input.
        bool fits = (height.Before == height.After || Strides[0] > 1) && (width.Before == width.After || Strides[1] > 1);
        return fits ? Pool(x, [height.Before, width.Before], cover: true) : PoolPadded(x, height, width);
    }
}
