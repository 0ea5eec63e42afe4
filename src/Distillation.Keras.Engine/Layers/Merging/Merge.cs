using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// What the layers share that join several tensors value by value: <see cref="Add"/>, <see cref="Multiply"/> and the like.
/// </summary>
/// <remarks>
/// Inputs (batch, ...) of shapes that broadcast: sizes are equal or 1; an input with fewer axes gets new ones behind the batch.
/// Used as <c>new Add().Apply(a, b)</c>. Source: <c>keras/src/layers/merging/base_merge.py</c>.
/// </remarks>
public abstract class Merge : Layer
{
    private protected Merge(string? name, bool trainable, DTypePolicy? dtype)
        : base(name, trainable, dtype) { }

    /// <inheritdoc/>
    private protected override bool ComputesIntegers(bool training) => true;

    /// <summary>How many inputs it takes, or <see langword="null"/> for any number.</summary>
    private protected virtual int? InputCount => null;

    /// <inheritdoc/>
    protected internal override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (InputCount is int count && inputShapes.Count != count)
        {
            throw new ArgumentException(Invariant($"{ClassName} '{Name}' takes {count} inputs, but got {inputShapes.Count}."));
        }

        int rank = inputShapes.Max(s => s.Rank);
        if (inputShapes.Any(s => s.Rank == 0))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes inputs with a batch axis, but one has no axes: {string.Join(", ", inputShapes)}."
            );
        }

        int?[] result = new int?[rank];
        Array.Fill(result, 1, 1, rank - 1);
        foreach (Shape shape in inputShapes.Select(s => Expand(s, rank)))
        {
            for (int i = 0; i < rank; i++)
            {
                result[i] = i == 0 ? Batch(result[0], shape[0], inputShapes) : Broadcast(result[i], shape[i], inputShapes);
            }
        }

        return [new Shape(result)];
    }

    internal override bool MayMakeMasks => false;

    /// <summary>A row counts where it counts in any input; there is no mask where an input has none.</summary>
    /// <exception cref="ArgumentException">A mask is none of its input.</exception>
    protected internal override IReadOnlyList<Tensor?> ComputeMask(LayerInputs<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        IReadOnlyList<Tensor> tensors = inputs.Tensors;
        if (Enumerable.Range(0, tensors.Count).Any(i => inputs.Mask(i) is null))
        {
            return [];
        }

        if (tensors.Count == 1)
        {
            return [inputs.Mask(0)];
        }

        using DisposeScope scope = NewDisposeScope();
        int rank = (int)tensors.Max(t => t.dim()) - 1;
        Tensor result = tensors
            .Select((t, i) => Expand(Masks.OfRows(this, t, inputs.Mask(i)), rank))
            .Aggregate(static (a, b) => a.logical_or(b));
        return [result.MoveToOuterDisposeScope()];
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Tensor> ForwardAll(LayerInputs<Tensor> inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        using DisposeScope scope = NewDisposeScope();
        int rank = (int)inputs.Tensors.Max(t => t.dim());
        Tensor[] expanded = [.. inputs.Tensors.Select(t => Expand(t, rank))];
        Tensor result = inputs.HasMasks ? Combine(expanded, RowMasks(inputs, expanded)) : Combine(expanded);

        // One input alone may come back as the same object, which belongs to the caller.
        return [inputs.Tensors.Holds(result) ? result : result.MoveToOuterDisposeScope()];
    }

    /// <summary>Joins tensors of equal rank. What it makes in between is disposed for it.</summary>
    private protected abstract Tensor Combine(Tensor[] inputs);

    /// <summary>Merges inputs with masks; most compute every row alike.</summary>
    /// <param name="inputs">Inputs of one rank.</param>
    /// <param name="masks">What broadcasts against each; <see langword="null"/> where it has no mask.</param>
    private protected virtual Tensor Combine(Tensor[] inputs, Tensor?[] masks) => Combine(inputs);

    /// <summary>
    /// Merges pairs of inputs, of which each has the other's values where its mask is false: no value leaves every other one as it is.
    /// </summary>
    /// <remarks>Source: <c>_apply_merge_op_and_or_mask</c> in <c>keras/src/layers/merging/base_merge.py</c>.</remarks>
    private protected static Tensor CombinePairs(Tensor[] inputs, Tensor?[] masks, Func<Tensor, Tensor, Tensor> merge)
    {
        Tensor result = inputs[0];
        Tensor? resultMask = masks[0];
        for (int i = 1; i < inputs.Length; i++)
        {
            Tensor? mask = masks[i];
            Tensor x = mask is null ? inputs[i] : where(mask, inputs[i], result);
            result = merge(resultMask is null ? result : where(resultMask, result, x), x);
            resultMask = mask is null ? null : resultMask?.logical_or(mask);
        }

        return result;
    }

    // An input that gets axes loses its mask, as in Keras.
    private static Tensor?[] RowMasks(LayerInputs<Tensor> inputs, Tensor[] expanded) =>
        [
            .. expanded.Select(
                (x, i) =>
                    inputs.Mask(i) is Tensor mask && ReferenceEquals(x, inputs.Tensors[i])
                        ? mask.reshape([.. mask.shape, .. Enumerable.Repeat(1L, Math.Max(0, (int)(x.dim() - mask.dim())))])
                        : null
            ),
        ];

    private static Tensor Expand(Tensor tensor, int rank) =>
        tensor.dim() == rank
            ? tensor
            : tensor.reshape([tensor.shape[0], .. Enumerable.Repeat(1L, rank - (int)tensor.dim()), .. tensor.shape[1..]]);

    private static Shape Expand(Shape shape, int rank) =>
        new([shape[0], .. Enumerable.Repeat((int?)1, rank - shape.Rank), .. shape.From(1)]);

    private int? Batch(int? a, int? b, IReadOnlyList<Shape> shapes) =>
        a is null ? b
        : b is null || a == b ? a
        : throw Mismatch(shapes);

    private int? Broadcast(int? a, int? b, IReadOnlyList<Shape> shapes) =>
        a == 1 ? b
        : b == 1 || a == b ? a
        : a is null ? b
        : b is null ? a
        : throw Mismatch(shapes);

    private ArgumentException Mismatch(IReadOnlyList<Shape> shapes) =>
        new($"{ClassName} '{Name}' takes inputs of shapes that broadcast (equal sizes, or 1), but got {string.Join(", ", shapes)}.");
}
