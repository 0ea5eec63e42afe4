using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Zeros around an image.</summary>
/// <remarks>
/// Input (batch, height, width, channels), output of the same rank; with <c>channels_first</c> the channels come before height and width.
/// Source: <c>keras/src/layers/reshaping/zero_padding2d.py</c>.
/// </remarks>
public sealed class ZeroPadding2D : Layer
{
    /// <summary>Makes the layer.</summary>
    /// <param name="padding">How many rows and columns: <c>1</c> (the default), <c>(rows, columns)</c> or <c>((top, bottom), (left, right))</c>.</param>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public ZeroPadding2D(Padding2D? padding = null, string? data_format = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        Padding = padding ?? 1;
        DataFormat = Spatial.DataFormat(data_format, "ZeroPadding2D");
    }

    /// <summary>How many rows and columns.</summary>
    public Padding2D Padding { get; }

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Spatial.RequireImages(inputShape, $"ZeroPadding2D '{Name}'", DataFormat);
        int first = Spatial.FirstAxis(DataFormat);
        return inputShape.With(first, Padded(first, Padding.Top, Padding.Bottom)).With(first + 1, Padded(first + 1, Padding.Left, Padding.Right));

        int? Padded(int axis, long before, long after) => Sizes.Checked(inputShape[axis] + before + after, $"ZeroPadding2D '{Name}' with padding {Padding}", inputShape);
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor padded = Spatial.Pad(Spatial.ToChannelsFirst(input, DataFormat), (Padding.Top, Padding.Bottom), (Padding.Left, Padding.Right));
        return Spatial.FromChannelsFirst(padded, DataFormat).MoveToOuterDisposeScope();
    }
}
