using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What the layers share that make one value of each window: the largest (<see cref="MaxPooling2D"/> and its kin) or the mean
/// (<see cref="AveragePooling2D"/> and its kin).
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output of the same rank; with <c>channels_first</c> the channels come before the spatial axes.
/// What is padded does not count. Source: <c>keras/src/layers/pooling/base_pooling.py</c>.
/// </remarks>
public abstract class BasePooling : Layer
{
    private readonly PoolMode _mode;
    private readonly long[] _window;
    private readonly long[] _strides;
    private readonly long[] _ones;

    private protected BasePooling(
        int rank,
        PoolMode mode,
        Size? pool_size,
        Size? strides,
        string padding,
        string? data_format,
        string? name,
        bool trainable,
        DTypePolicy? dtype
    )
        : base(name, trainable, dtype)
    {
        PoolSize = (pool_size ?? 2).Expand(rank, nameof(pool_size));
        Strides = (strides ?? PoolSize).Expand(rank, nameof(strides));
        Padding = Spatial.Padding(padding, ClassName);
        DataFormat = Spatial.DataFormat(data_format, ClassName);
        _mode = mode;
        _window = Spatial.Native(PoolSize);
        _strides = Spatial.Native(Strides);
        _ones = Array.ConvertAll(_window, _ => 1L);
    }

    /// <summary>The size of the window along each spatial axis.</summary>
    public Size PoolSize { get; }

    /// <summary>Steps along each spatial axis.</summary>
    public Size Strides { get; }

    /// <summary><c>"valid"</c> or <c>"same"</c>.</summary>
    public string Padding { get; }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    internal override bool BuildsAtInit => true;

    private int Rank => PoolSize.Count;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        string me = $"{ClassName} '{Name}'";
        Spatial.RequireInput(inputShape, Rank, me, DataFormat);
        return Spatial.OutputShape(inputShape, PoolSize, Strides, null, Padding, DataFormat, me);
    }

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => _mode == PoolMode.Max;

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Spatial.ToNative(input, Rank, DataFormat);

        // libtorch has no mean over volumes of 16 bits on a CPU, and sums of a padded window may be beyond float16.
        bool isWide = _mode == PoolMode.Average && (Rank == 3 || Padding == Spatial.Same) && x.dtype.IsHalf();
        // And it counts the places of a window in the numbers' own type.
        bool isNarrow = x.dtype is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16;
        x =
            isWide ? x.to(ScalarType.Float32)
            : isNarrow ? x.to(ScalarType.Int32)
            : x;
        Tensor y = Padding == Spatial.Same ? PoolSame(x) : Pool(x, new long[_window.Length], cover: false);
        y = isWide || isNarrow ? y.to(input.dtype) : y;
        return Spatial.FromNative(y, Rank, DataFormat).MoveToOuterDisposeScope();
    }

    private Tensor PoolSame(Tensor x)
    {
        (long Before, long After)[] sides = Spatial.NativeSides(x, PoolSize, Strides, null, Padding);

        // One more behind than before is a last window that sticks out by one, unless the stride is 1. That spares the copy of a padded
        // input.
        bool fits = true;
        for (int i = 0; i < sides.Length; i++)
        {
            fits &= sides[i].Before == sides[i].After || _strides[i] > 1;
        }

        return fits ? Pool(x, Array.ConvertAll(sides, s => s.Before), cover: true) : PoolPadded(x, sides);
    }

    /// <summary>Pools with equal padding on both sides.</summary>
    /// <param name="x">The input as libtorch takes it.</param>
    /// <param name="padding">For each spatial axis; at most half the window.</param>
    /// <param name="cover">Whether a last window may stick out at the end.</param>
    private Tensor Pool(Tensor x, long[] padding, bool cover) =>
        (_mode, Rank) switch
        {
            (PoolMode.Max, 3) => nn.functional.max_pool3d(x, _window, _strides, padding, _ones, cover),
            (PoolMode.Max, _) => nn.functional.max_pool2d(x, _window, _strides, padding, _ones, cover),
            (_, 3) => nn.functional.avg_pool3d(x, _window, _strides, padding, cover, count_include_pad: false),
            _ => nn.functional.avg_pool2d(x, _window, _strides, padding, cover, count_include_pad: false),
        };

    /// <summary>Pools with padding that differs between the sides.</summary>
    private Tensor PoolPadded(Tensor x, (long Before, long After)[] sides)
    {
        if (_mode == PoolMode.Max)
        {
            return Pool(Spatial.Pad(x, sides, firstAxis: 2, Least(x.dtype)), new long[_window.Length], cover: false);
        }

        long[] shape = x.shape;
        return Sums(x, sides).div_(Sums(ones([1, 1, .. shape[2..]], x.dtype, x.device), sides));
    }

    // What no window's largest value is, unless all of it is.
    private static double Least(ScalarType type) =>
        type switch
        {
            ScalarType.Int32 => int.MinValue,
            ScalarType.Int64 => long.MinValue,
            _ => double.NegativeInfinity,
        };

    private Tensor Sums(Tensor x, (long Before, long After)[] sides)
    {
        Tensor padded = Spatial.Pad(x, sides, firstAxis: 2);
        long[] none = new long[_window.Length];
        return Rank == 3
            ? nn.functional.avg_pool3d(padded, _window, _strides, none, ceil_mode: false, count_include_pad: true, divisor_override: 1)
            : nn.functional.avg_pool2d(padded, _window, _strides, none, ceil_mode: false, count_include_pad: true, divisor_override: 1);
    }
}
