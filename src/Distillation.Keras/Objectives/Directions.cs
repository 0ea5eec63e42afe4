using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Vectors of length 1.</summary>
internal static class Directions
{
    // Of squares: in float32 still far from the smallest number.
    private const double Zero = 1e-24;

    /// <summary>
    /// Each row divided by its l2 norm. A row of zeros has no direction: it stays zero and gets no gradient, where a division by a clamped norm would give it one
    /// of 1 / epsilon.
    /// </summary>
    /// <param name="rows">(rows, width).</param>
    public static Tensor Of(Tensor rows)
    {
        Tensor squares = rows.square().sum(-1, keepdim: true);
        return where(squares > Zero, rows / squares.clamp_min(Zero).sqrt(), zeros_like(rows));
    }
}
