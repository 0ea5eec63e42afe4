using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What <see cref="Cropping1D"/>, <see cref="Cropping2D"/> and <see cref="Cropping3D"/> share: the spatial axes without their ends.
/// </summary>
/// <remarks>
/// Input (batch, spatial axes, channels), output of the same rank; with <c>channels_first</c> the channels come before the spatial axes.
/// The output is a view of the input.
/// </remarks>
public abstract class BaseCropping : Layer
{
    private protected BaseCropping(string? data_format, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype) => DataFormat = Spatial.DataFormat(data_format, ClassName);

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    /// <summary>How much is cut off, for each spatial axis.</summary>
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
            long? size = inputShape[first + i] - before - after;
            if (size <= 0)
            {
                throw new ArgumentException(
                    $"{me} would leave nothing of the {Spatial.Noun(Sides.Count)}: its cropping is {Sides}, but its input's shape is "
                        + $"{inputShape}. Cut off less."
                );
            }

            output = output.With(first + i, (int?)size);
        }

        return output;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        int first = Spatial.FirstAxis(DataFormat);
        Tensor output = input;
        for (int i = 0; i < Sides.Count; i++)
        {
            (int before, int after) = Sides[i];
            output = output.narrow(first + i, before, input.size(first + i) - before - after);
        }

        return output.MoveToOuterDisposeScope();
    }
}
