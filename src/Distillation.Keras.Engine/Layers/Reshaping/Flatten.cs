using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>All axes but the batch as one.</summary>
/// <remarks>
/// Input (batch, ...), output (batch, product of the rest). With <c>channels_first</c> the channels are moved behind the other axes first,
/// so that the order is the same as with <c>channels_last</c>. Keeps the type of integers. Source:
/// <c>keras/src/layers/reshaping/flatten.py</c>.
/// </remarks>
public sealed class Flatten : Layer
{
    /// <inheritdoc cref="Flatten" path="/summary"/>
    /// <param name="data_format"><c>"channels_last"</c> (the default) or <c>"channels_first"</c>.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">The layout is not known.</exception>
    public Flatten(string? data_format = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype) => DataFormat = Spatial.DataFormat(data_format, "Flatten");

    /// <summary><c>"channels_last"</c> or <c>"channels_first"</c>.</summary>
    public string DataFormat { get; }

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank == 0)
        {
            throw new ArgumentException($"Flatten '{Name}' takes an input with a batch axis, but its input has no axes.");
        }

        return new Shape([inputShape[0], Sizes.Checked(inputShape.From(1).Elements, $"Flatten '{Name}'", inputShape)]);
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        long[] shape = input.shape;
        long[] flat = [shape[0], shape.Skip(1).Aggregate(1L, (a, b) => checked(a * b))];
        if (DataFormat == Spatial.ChannelsLast || shape.Length < 3)
        {
            return input.reshape(flat);
        }

        using Tensor moved = input.permute([0, .. Enumerable.Range(2, shape.Length - 2).Select(i => (long)i), 1]);
        return moved.reshape(flat);
    }
}
