using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What the layers share that normalise each sample along some of its axes: <see cref="LayerNormalization"/>,
/// <see cref="RMSNormalization"/> and <see cref="UnitNormalization"/>.
/// </summary>
/// <remarks>Input and output (batch, ...). What is computed of 16-bit numbers is computed in float32, as in Keras.</remarks>
public abstract class BaseAxisNormalization : Layer
{
    private Shape? _sizes;

    private protected BaseAxisNormalization(Axes? axis, string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype) => Axis = (axis ?? -1).Named(ClassName, nameof(axis));

    /// <summary>The axes; where there are weights, sorted when they are made, as Keras does.</summary>
    public Axes Axis { get; private set; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] axes = Ascending(inputShape.Rank);
        if (Array.Exists(axes, a => inputShape[a] == 0))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes at least one value along its axes, {Axis}, but its input's shape is {inputShape}."
            );
        }

        if (_sizes is not null && Axis.Zip(_sizes).Any(p => inputShape[p.First] is int size && size != p.Second))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' was built for the sizes {_sizes} along its axes, {Axis}, but its input's shape is {inputShape}."
            );
        }

        return inputShape;
    }

    /// <summary>Sorts the axes, as Keras does where weights have their sizes.</summary>
    /// <returns>The sizes of the weights.</returns>
    private protected Shape SortAxes(Shape inputShape)
    {
        ComputeOutputShape(inputShape);
        var axes = new Axes([.. Axis.Order()]);
        var sizes = new Shape(axes.Select(a => (int?)inputShape.Known(a, $"{ClassName} '{Name}'")));
        (Axis, _sizes) = (axes, sizes);
        return sizes;
    }

    /// <summary>The axes of a tensor of that rank from the first to the last, none negative.</summary>
    private protected int[] Ascending(int rank) =>
        [.. Axis.Resolve(rank, $"{ClassName} '{Name}'").Order().Select(static axis => (int)axis)];

    /// <summary>In float32 where it has 16 bits.</summary>
    private protected static Tensor Wide(Tensor values) => values.dtype.IsHalf() ? values.to(ScalarType.Float32) : values;

    /// <summary>In the type of the layer's outputs.</summary>
    private protected Tensor Narrow(Tensor values) => values.dtype == Dtype.ComputeType ? values : values.to(Dtype.ComputeType);
}
