using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Brings projected tensors (batch, ..., heads, width) into the form (all batches, heads, steps, width), in which attention over any axes
/// is attention over one.
/// </summary>
internal sealed class AttentionAxes
{
    private readonly int[] _attended;
    private readonly int[] _others;
    private readonly int _rank;

    private AttentionAxes(int[] attended, int rank)
    {
        _attended = attended;
        _rank = rank;
        _others = [.. Enumerable.Range(0, rank - 1).Except(attended)];
    }

    private bool IsPlain => _rank == 3;

    /// <summary>For inputs with that many axes.</summary>
    /// <param name="attended">The axes that attention goes over.</param>
    /// <param name="rank">How many axes the inputs have, the features' among them.</param>
    public static AttentionAxes Of(int[] attended, int rank) => new(attended, rank);

    /// <summary>(batch, ..., heads, width) as (batches, heads, steps, width).</summary>
    public Tensor ToHeads(Tensor projected)
    {
        if (IsPlain)
        {
            return projected.transpose(1, 2);
        }

        long[] order = [.. _others.Select(a => (long)a), _rank - 1, .. _attended.Select(a => (long)a), _rank];
        long[] sizes = projected.shape;
        return projected.permute(order).reshape(Product(sizes, _others), sizes[^2], Product(sizes, _attended), sizes[^1]);
    }

    /// <summary>(batches, heads, T, width) as (batch, ..., heads, width), in the order of the query.</summary>
    public Tensor FromHeads(Tensor heads, Tensor query)
    {
        if (IsPlain)
        {
            return heads.transpose(1, 2);
        }

        long[] sizes = query.shape;
        long[] order = [.. _others.Select(a => (long)a), _rank - 1, .. _attended.Select(a => (long)a), _rank];
        long[] back = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            back[order[i]] = i;
        }

        return heads
            .reshape([.. _others.Select(a => sizes[a]), heads.size(1), .. _attended.Select(a => sizes[a]), heads.size(3)])
            .permute(back);
    }

    /// <summary>Scores (batches, heads, T, S) with an axis for each that attention goes over.</summary>
    public Tensor ScoresOf(Tensor scores, Tensor query, Tensor value) =>
        IsPlain ? scores : scores.reshape(SizesOf(query, value, scores.size(1)));

    /// <summary>A mask that broadcasts against (batches, heads, T, S).</summary>
    /// <param name="mask">Booleans; axes that it lacks are new ones before those that attention goes over.</param>
    /// <param name="query">The query.</param>
    /// <param name="value">The value.</param>
    /// <param name="heads">How many heads there are.</param>
    /// <param name="layer">Who asks, for the message.</param>
    /// <exception cref="ArgumentException">It does not go with the inputs.</exception>
    public Tensor MaskOf(Tensor mask, Tensor query, Tensor value, int heads, Layer layer)
    {
        long[] sizes = SizesOf(query, value, heads);
        long[] given = mask.shape;
        int last = Math.Min(given.Length, 2 * _attended.Length);
        long[] expanded = [.. given[..^last], .. Enumerable.Repeat(1L, Math.Max(0, sizes.Length - given.Length)), .. given[^last..]];
        bool fits = expanded.Length == sizes.Length && !expanded.Where((s, i) => s != 1 && s != sizes[i]).Any();
        if (!fits)
        {
            throw new ArgumentException(
                $"The attention_mask of {layer.ClassName} '{layer.Name}' says what each step of the query may look at: with the batch, "
                    + $"the heads and both steps it broadcasts against {Shape.FromSizes(sizes)}, but its shape is "
                    + $"{Shape.FromSizes(given)}."
            );
        }

        Tensor full = mask.reshape(expanded);
        return IsPlain
            ? full
            : full.expand(sizes)
                .reshape(Product(query.shape, _others), heads, Product(query.shape, _attended), Product(value.shape, _attended));
    }

    private long[] SizesOf(Tensor query, Tensor value, long heads)
    {
        long[] q = query.shape;
        long[] v = value.shape;
        return [.. _others.Select(a => q[a]), heads, .. _attended.Select(a => q[a]), .. _attended.Select(a => v[a])];
    }

    private static long Product(long[] sizes, int[] axes) => axes.Aggregate(1L, (p, a) => p * sizes[a]);
}
