namespace Distillation.Keras.Layers;

/// <summary>
/// What the layers share that make one value of each channel: <see cref="GlobalAveragePooling2D"/>, <see cref="GlobalMaxPooling2D"/> and
/// their kin.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output (batch, channels); with <c>channels_first</c> the channels come before the spatial axes.
/// Source: <c>keras/src/layers/pooling/base_global_pooling.py</c>.
/// </remarks>
public abstract class BaseGlobalPooling : Layer
{
    private readonly int _rank;

    private protected BaseGlobalPooling(int rank, string? data_format, bool keepdims, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype)
    {
        _rank = rank;
        DataFormat = Spatial.DataFormat(data_format, ClassName);
        Keepdims = keepdims;
        int first = Spatial.FirstAxis(DataFormat);
        SpatialAxes = [.. Enumerable.Range(first, rank).Select(axis => (long)axis)];
    }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>Whether the spatial axes stay as axes of size 1.</summary>
    public bool Keepdims { get; }

    internal override bool BuildsAtInit => true;

    /// <summary>The axes that are pooled.</summary>
    private protected long[] SpatialAxes { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        string me = $"{ClassName} '{Name}'";
        Spatial.RequireInput(inputShape, _rank, me, DataFormat);
        if (SpatialAxes.Any(axis => inputShape[(int)axis] == 0))
        {
            throw new ArgumentException($"{me} needs {Spatial.Noun(_rank)}s that are not empty, but its input's shape is {inputShape}.");
        }

        return Keepdims
            ? SpatialAxes.Aggregate(inputShape, (shape, axis) => shape.With((int)axis, 1))
            : new Shape([inputShape[0], inputShape[Spatial.ChannelAxis(DataFormat)]]);
    }
}
