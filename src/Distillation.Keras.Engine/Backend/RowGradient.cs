using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>
/// The gradient of a table that rows were looked up in, before what falls to the same row is summed: a row that was taken twice has two.
/// </summary>
/// <remarks>
/// libtorch leaves such a gradient as a sparse tensor, where it is asked to. TensorFlow's <c>IndexedSlices</c> are the same.
/// </remarks>
internal sealed class RowGradient
{
    private readonly Tensor _rows;
    private readonly long[] _sizes;

    private RowGradient(Tensor rows, Tensor values, long[] sizes) => (_rows, Values, _sizes) = (rows, values, sizes);

    /// <summary>A row for each that was taken, (taken, ...).</summary>
    public Tensor Values { get; }

    /// <summary>Rows of a table, whose gradient is one of these.</summary>
    /// <param name="table">(rows, features), a leaf.</param>
    /// <param name="indices">One axis of whole numbers from 0.</param>
    /// <returns>(indices, features).</returns>
    public static Tensor Take(Tensor table, Tensor indices)
    {
        // The module alone can be asked for it. It takes the table itself, not a copy.
        using Embedding lookup = nn.Embedding_from_pretrained(table, freeze: false, sparse: true);
        return lookup.call(indices);
    }

    /// <summary>The rows of a sparse gradient; <see langword="null"/> where it is of another kind.</summary>
    public static RowGradient? Of(Tensor gradient)
    {
        if (!gradient.is_sparse)
        {
            return null;
        }

        Tensor indices = gradient.SparseIndices;
        return indices.shape[0] == 1 ? new RowGradient(indices[0], gradient.SparseValues, gradient.shape) : null;
    }

    /// <summary>The same rows with other values.</summary>
    public RowGradient With(Tensor values) => new(_rows, values, _sizes);

    /// <summary>The gradient as it is elsewhere: of the table's shape.</summary>
    public Tensor Sum() => SumOf(Values);

    /// <summary>The sums of values that stand beside <see cref="Values"/>, of the table's shape.</summary>
    public Tensor SumOf(Tensor values) => zeros(_sizes, values.dtype, values.device).AddRows(_rows, values);
}
