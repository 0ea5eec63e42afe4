using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>How layers that number categories give the numbers: as they are, or as rows with an entry for each category.</summary>
internal static class CategoricalEncoding
{
    public const string Int = "int";
    public const string OneHot = "one_hot";
    public const string MultiHot = "multi_hot";
    public const string Count = "count";
    public const string TfIdf = "tf_idf";

    /// <summary>Refuses what is no mode; the old names of two of them stand for them, as in Keras.</summary>
    public static string Mode(string output_mode, params ReadOnlySpan<string> modes)
    {
        ArgumentNullException.ThrowIfNull(output_mode);
        string mode =
            output_mode == "binary" ? MultiHot
            : output_mode == "tf-idf" ? TfIdf
            : output_mode;
        return modes.Contains(mode)
            ? mode
            : throw new ArgumentException(
                $"'output_mode' is one of {string.Join(", ", modes.ToArray())}, but \"{output_mode}\" was given.",
                nameof(output_mode)
            );
    }

    /// <summary>Refuses sparse outputs, which there are none of here.</summary>
    public static bool NotSparse(bool sparse, string layer) =>
        sparse
            ? throw new NotSupportedException(
                $"{layer}: sparse=True is not supported, as layers here give dense tensors. Leave it out: the values are the same."
            )
            : false;

    /// <summary>The shape of the rows for categories of a shape.</summary>
    public static Shape OutputShape(Shape input, string mode, int? depth)
    {
        if (mode == Int)
        {
            return input;
        }

        IEnumerable<int?> kept =
            mode == OneHot
                ? input.Rank > 1 && input[-1] == 1
                    ? input.SkipLast(1)
                    : input
                : input.Rank > 1
                    ? input.Where((_, axis) => axis != 1)
                    : [];
        return new Shape(kept.Append(depth));
    }

    /// <summary>The rows for categories; a category outside of them leaves no trace.</summary>
    /// <param name="categories">Int64, of any shape.</param>
    /// <param name="mode">Any but <see cref="Int"/> and <see cref="TfIdf"/>.</param>
    /// <param name="depth">How many categories there are.</param>
    /// <param name="type">The type of the rows.</param>
    /// <param name="weights">What each counts, in the shape of the categories; 1 by default.</param>
    public static Tensor Encode(Tensor categories, string mode, int depth, ScalarType type, Tensor? weights = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor index = Arranged(categories, mode);
        Tensor known = index.IsAtLeast(0).logical_and(index.IsBelow(depth));
        Tensor amounts = weights is null ? known.to(type) : Arranged(weights, mode).to(type).Replaced(known.logical_not(), 0);
        Tensor places = index.Between(0L, depth - 1L);
        (places, amounts) = mode == OneHot ? (places.unsqueeze(-1), amounts.unsqueeze(-1)) : (places, amounts);
        Tensor rows = zeros([.. places.shape[..^1], depth], type, places.device).scatter_add_(-1, places, amounts);
        return (mode == MultiHot ? rows.IsAbove(0).to(type) : rows).MoveToOuterDisposeScope();
    }

    // What is counted together comes last; Keras counts along axis 1, or all of a tensor with one axis.
    private static Tensor Arranged(Tensor values, string mode) =>
        values.dim() == 0 ? values.reshape(1)
        : mode != OneHot ? (values.dim() > 2 ? movedim(values, 1, -1) : values)
        : values.dim() > 1 && values.shape[^1] == 1 ? values.squeeze(-1)
        : values;
}
