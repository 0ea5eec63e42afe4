using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="ZeroPadding1D"/>, <see cref="ZeroPadding2D"/> and <see cref="ZeroPadding3D"/> share: zeros around the spatial axes.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output of the same rank; with <c>channels_first</c> the channels come before the spatial axes.
/// </remarks>
public abstract class BaseZeroPadding : Layer
{
    private protected BaseZeroPadding(string? data_format, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype) => DataFormat = Spatial.DataFormat(data_format, ClassName);

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>How much is added, for each spatial axis.</summary>
    private protected abstract SpatialPadding Sides { get; }

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        string me = $"{ClassName} '{Name}'";
        Spatial.RequireInput(inputShape, Sides.Count, me, DataFormat);
        Shape output = inputShape;
        int first = Spatial.FirstAxis(DataFormat);
        for (int i = 0; i < Sides.Count; i++)
        {
            (long before, long after) = Sides[i];
            output = output.With(
                first + i,
                Sizes.Checked(inputShape[first + i] + before + after, $"{me} with padding {Sides}", inputShape)
            );
        }

        return output;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context) =>
        Spatial.Pad(input, [.. Sides.Select(s => ((long)s.Before, (long)s.After))], Spatial.FirstAxis(DataFormat));
}
