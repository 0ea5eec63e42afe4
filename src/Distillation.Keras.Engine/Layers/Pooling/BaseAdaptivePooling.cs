using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What the layers share that make one value of each of a given number of windows: <see cref="AdaptiveAveragePooling2D"/>,
/// <see cref="AdaptiveMaxPooling2D"/> and their kin.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output (batch, output_size, channels); with <c>channels_first</c> the channels come before the
/// spatial axes. Window i of n over s entries goes from floor(i * s / n) to before ceil((i + 1) * s / n): windows are about alike, and may
/// overlap. Source: <c>keras/src/layers/pooling/base_adaptive_pooling.py</c>.
/// </remarks>
public abstract class BaseAdaptivePooling : Layer
{
    private readonly PoolMode _mode;
    private readonly long[] _size;

    private protected BaseAdaptivePooling(
        int rank,
        PoolMode mode,
        Size output_size,
        string? data_format,
        string? name,
        bool trainable,
        DTypePolicy? dtype
    )
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(output_size);
        OutputSize = output_size.Expand(rank, nameof(output_size));
        DataFormat = Spatial.DataFormat(data_format, ClassName);
        _mode = mode;
        _size = Spatial.Native(OutputSize);
    }

    /// <summary>The number of windows along each spatial axis.</summary>
    public Size OutputSize { get; }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    private int Rank => OutputSize.Count;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        string me = $"{ClassName} '{Name}'";
        Spatial.RequireInput(inputShape, Rank, me, DataFormat);
        Shape output = inputShape;
        for (int i = 0; i < Rank; i++)
        {
            int axis = Spatial.FirstAxis(DataFormat) + i;
            output =
                inputShape[axis] == 0
                    ? throw new ArgumentException(
                        $"{me} needs {Spatial.Noun(Rank)}s that are not empty, but its input's shape is {inputShape}."
                    )
                    : output.With(axis, OutputSize[i]);
        }

        return output;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Spatial.ToNative(input, Rank, DataFormat);

        // libtorch has no mean over volumes of 16 bits on a CPU.
        bool isWide = _mode == PoolMode.Average && Rank == 3 && x.dtype.IsHalf();
        x = isWide ? x.to(ScalarType.Float32) : x;
        Tensor y = (_mode, Rank) switch
        {
            (PoolMode.Max, 3) => MaxOfVolumes(x),
            (PoolMode.Max, _) => nn.functional.adaptive_max_pool2d(x, _size),
            (_, 3) => nn.functional.adaptive_avg_pool3d(x, _size),
            _ => nn.functional.adaptive_avg_pool2d(x, _size),
        };
        y = isWide ? y.to(input.dtype) : y;
        return Spatial.FromNative(y, Rank, DataFormat).MoveToOuterDisposeScope();
    }

    // TorchSharp's adaptive_max_pool3d takes no volumes. The largest of a window is the largest along the depth of those of its slices.
    private Tensor MaxOfVolumes(Tensor x)
    {
        long[] sizes = x.shape;
        Tensor slices = nn.functional.adaptive_max_pool2d(x.reshape(-1, sizes[2], sizes[3], sizes[4]), _size[1..]);
        Tensor y = nn.functional.adaptive_max_pool2d(slices.reshape(-1, 1, sizes[2], _size[1] * _size[2]), [_size[0], _size[1] * _size[2]]);
        return y.reshape([sizes[0], sizes[1], .. _size]);
    }
}
