using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What <see cref="GlobalAveragePooling2D"/> and <see cref="GlobalMaxPooling2D"/> share.</summary>
/// <remarks>Source: <c>keras/src/layers/pooling/base_global_pooling.py</c>.</remarks>
public abstract class GlobalPooling2D : Layer
{
    private protected GlobalPooling2D(string? data_format, bool keepdims, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype)
    {
        DataFormat = Spatial.DataFormat(data_format, ClassName);
        Keepdims = keepdims;
    }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>Whether height and width stay as axes of size 1.</summary>
    public bool Keepdims { get; }

    internal override bool BuildsAtInit => true;

    /// <summary>The axes of height and width.</summary>
    private protected long[] SpatialAxes => DataFormat == Spatial.ChannelsLast ? [1, 2] : [2, 3];

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Spatial.RequireImages(inputShape, $"{ClassName} '{Name}'", DataFormat);
        int first = Spatial.FirstAxis(DataFormat);
        if (inputShape[first] == 0 || inputShape[first + 1] == 0)
        {
            throw new ArgumentException($"{ClassName} '{Name}' needs images of at least one pixel, but its input's shape is {inputShape}.", nameof(inputShape));
        }

        return Keepdims
            ? inputShape.With(first, 1).With(first + 1, 1)
            : new Shape([inputShape[0], inputShape[DataFormat == Spatial.ChannelsLast ? 3 : 1]]);
    }
}
