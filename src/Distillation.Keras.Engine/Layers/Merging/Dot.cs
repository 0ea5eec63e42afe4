using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>The dot product of two inputs along an axis of each, sample by sample.</summary>
/// <remarks>
/// Inputs (batch, ...), output (batch, the first's other axes, the second's other axes); (batch, 1) where there are none. Used as
/// <c>new Dot(1).Apply(a, b)</c>. Source: <c>keras/src/layers/merging/dot.py</c>.
/// </remarks>
public sealed class Dot : Layer
{
    // Keras' epsilon(): shorter vectors are divided by it.
    private const double LeastSquare = 1e-14;

    /// <inheritdoc cref="Dot" path="/summary"/>
    /// <param name="axes">
    /// The axis of both inputs, or that of the first and that of the second; not that of the batch. Negative ones count from the end.
    /// </param>
    /// <param name="normalize">Whether the vectors are divided by their lengths before, so that the result is the cosine.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Without effect: it has no weights.</param>
    /// <param name="dtype">The type of the computation.</param>
    /// <exception cref="ArgumentException">There are more than two axes.</exception>
    public Dot(Axes axes, bool normalize = false, string? name = null, bool trainable = true, DTypePolicy? dtype = null)
        : base(name, trainable, dtype)
    {
        ArgumentNullException.ThrowIfNull(axes);
        if (axes.Count is 0 or > 2 || (axes.Count == 1 && axes.ToJson() is JsonArray))
        {
            throw new ArgumentException(
                $"Dot takes one axis of both inputs, or one of each, two numbers, but axes is {axes}.",
                nameof(axes)
            );
        }

        Axes = axes;
        Normalize = normalize;
    }

    /// <summary>The axis of both inputs, or that of each.</summary>
    public Axes Axes { get; }

    /// <summary>Whether the vectors are divided by their lengths before.</summary>
    public bool Normalize { get; }

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    internal override bool MayMakeMasks => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        string shown = string.Join(", ", inputShapes);
        if (inputShapes.Count != 2 || inputShapes.Any(s => s.Rank < 2))
        {
            throw new ArgumentException($"Dot '{Name}' takes two inputs with at least 2 axes each, (batch, ...), but got {shown}.");
        }

        (Shape a, Shape b) = (inputShapes[0], inputShapes[1]);
        (int first, int second) = (Resolved(0, a), Resolved(1, b));
        if (a[first] != b[second])
        {
            throw new ArgumentException(
                Invariant(
                    $"Dot '{Name}' multiplies along axis {first} of its first input and {second} of its second, which are of one size, but "
                        + $"the shapes are {shown}."
                )
            );
        }

        if (a[0] is int rows && b[0] is int others && rows != others)
        {
            throw new ArgumentException($"Dot '{Name}' takes inputs of one batch size, but got {shown}.");
        }

        int?[] rest = [.. a.From(1).Where((_, i) => i + 1 != first), .. b.From(1).Where((_, i) => i + 1 != second)];
        return [new Shape([a[0] ?? b[0], .. rest.Length == 0 ? [1] : rest])];
    }

    /// <summary>There is none.</summary>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs) => [];

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => !Normalize;

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor y) = (inputs.Tensors[0], inputs.Tensors[1]);
        ScalarType type = Promotion.Of(Promotion.KindOf(x.dtype), Promotion.KindOf(y.dtype)).Type;

        // As in Keras, whose products of int8 are int32.
        type = type == ScalarType.Int8 ? ScalarType.Int32 : type;
        (x, y) = (x.to(type), y.to(type));
        x = Vectors(x, Resolved(0, Shape.FromSizes(x.shape)));
        y = Vectors(y, Resolved(1, Shape.FromSizes(y.shape)));
        long[] rest = [.. x.shape[1..^1], .. y.shape[1..^1]];
        long batch = x.shape[0];
        long size = x.shape[^1];
        Tensor product = x.reshape(batch, Count(x), size).bmm(y.reshape(batch, Count(y), size).transpose(1, 2));
        return [product.reshape([batch, .. rest.Length == 0 ? [1] : rest]).MoveToOuterDisposeScope()];

        static long Count(Tensor t) => t.shape[1..^1].Aggregate(1L, static (a, b) => a * b);
    }

    // The axis last, of length 1 where that is asked for.
    private Tensor Vectors(Tensor x, int axis)
    {
        Tensor last = axis == x.dim() - 1 ? x : movedim(x, axis, -1);
        return Normalize ? last.mul(last.Squared().sum(-1, keepdim: true).AtLeast(LeastSquare).rsqrt()) : last;
    }

    private int Resolved(int input, Shape shape)
    {
        int axis = Axes[Math.Min(input, Axes.Count - 1)];
        int resolved = axis < 0 ? axis + shape.Rank : axis;
        return resolved > 0 && resolved < shape.Rank
            ? resolved
            : throw new ArgumentException(
                Invariant(
                    $"Dot '{Name}' multiplies along an axis of each input that is not that of the batch, but its axes are {Axes}, and the "
                        + $"shape of the {(input == 0 ? "first" : "second")} is {shape}."
                )
            );
    }
}
