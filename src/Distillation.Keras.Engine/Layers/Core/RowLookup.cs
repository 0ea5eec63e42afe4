using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Takes rows of a table by their indices. In the dispose scope that is open.</summary>
internal static class RowLookup
{
    /// <summary>Indices one behind the other, those that count from the end made positive.</summary>
    /// <param name="input">Numbers of any type; fractions are cut off.</param>
    /// <param name="rows">How many rows there are.</param>
    public static Tensor Indices(Tensor input, long rows)
    {
        Tensor whole = input.dtype is ScalarType.Int32 or ScalarType.Int64 ? input : input.to_type(ScalarType.Int64);
        Tensor flat = whole.reshape(-1);
        return flat.PlusScaled(flat.IsBelow(0), rows);
    }

    /// <summary>The rows of these indices.</summary>
    /// <param name="layer">Whose they are, for the message.</param>
    /// <param name="table">(rows, features).</param>
    /// <param name="indices">One axis of whole numbers.</param>
    /// <param name="gradientByRows">Whether the table's gradient may be a <see cref="RowGradient"/>.</param>
    /// <returns>
    /// (indices, features). Where the table is not in the host's memory, there is NaN for an index without a row: to be told of one, the
    /// host would have to wait.
    /// </returns>
    /// <exception cref="ArgumentException">There is no such row.</exception>
    public static Tensor Of(Layer layer, Tensor table, Tensor indices, bool gradientByRows)
    {
        long rows = table.shape[0];
        if (!Device.Of(table).IsHost)
        {
            return OrNaN(table, indices, gradientByRows);
        }

        try
        {
            return Rows(table, indices, gradientByRows);
        }
        catch (Exception e) when (NativeFailure.Is(e) && indices.numel() > 0)
        {
            (Tensor least, Tensor most) = indices.aminmax();
            (long low, long high) = (least.to(ScalarType.Int64).item<long>(), most.to(ScalarType.Int64).item<long>());
            if (low >= 0 && high < rows)
            {
                throw;
            }

            throw new ArgumentException(
                Invariant(
                    $"{layer.ClassName} '{layer.Name}' has {rows} rows, for the indices 0 to {rows - 1} (or {-rows} to -1, from the end), "
                        + $"but its input has the index {(high >= rows ? high : low - rows)}. Give input_dim the largest index plus 1, "
                        + $"or correct the data."
                ),
                e
            );
        }
    }

    /// <summary>The rows of these indices, NaN where there is no such row, without a word to the host.</summary>
    internal static Tensor OrNaN(Tensor table, Tensor indices, bool gradientByRows = false)
    {
        Tensor inside = indices.Between(0L, table.shape[0] - 1);
        return Rows(table, inside, gradientByRows).Replaced(indices.ne(inside).unsqueeze(-1), double.NaN);
    }

    private static Tensor Rows(Tensor table, Tensor indices, bool gradientByRows) =>
        gradientByRows && table.requires_grad && is_grad_enabled() ? RowGradient.Take(table, indices) : table.index_select(0, indices);
}
