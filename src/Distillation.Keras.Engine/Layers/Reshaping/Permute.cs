using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The axes behind the batch in another order.</summary>
/// <remarks>
/// Input (batch, ...), output with the same axes in the given order. Keeps the type of integers. Source:
/// <c>keras/src/layers/reshaping/permute.py</c>.
/// </remarks>
public sealed class Permute : Layer
{
    private readonly long[] _order;

    /// <inheritdoc cref="Permute" path="/summary"/>
    /// <param name="dims">
    /// Which axis comes first, which second, ...; each once, counted from 1, as the batch stays where it is: <c>(2, 1)</c> swaps two axes.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type that floating-point inputs are cast to.</param>
    /// <exception cref="ArgumentException">An axis is missing, given twice or out of range.</exception>
    public Permute(Axes dims, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(dims);
        if (!dims.Order().SequenceEqual(Enumerable.Range(1, dims.Count)))
        {
            throw new ArgumentException(
                Invariant($"The dims of Permute name each of the axes 1 to {dims.Count} once (the batch is axis 0), but {dims} was given."),
                nameof(dims)
            );
        }

        Dims = new Axes([.. dims]);
        _order = [0, .. dims.Select(d => (long)d)];
    }

    /// <summary>Which axis comes first, which second, ..., counted from 1.</summary>
    public Axes Dims { get; }

    private protected override bool KeepsIntegers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank == _order.Length
            ? new Shape(_order.Select(axis => inputShape[(int)axis]))
            : throw new ArgumentException(
                Invariant(
                    $"Permute '{Name}' with dims {Dims} takes an input with {_order.Length} axes, the batch among them, but its input's "
                        + $"shape is {inputShape}."
                )
            );
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.permute(_order);
    }
}
