using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>Keras' reductions of a batch of loss values.</summary>
/// <remarks>Source: <c>keras/src/losses/loss.py</c>, <c>reduce_weighted_values</c>.</remarks>
internal static class LossReduction
{
    private static readonly string[] Known = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"];

    /// <summary>The reduction, if it is one. Keras writes "none" as null too.</summary>
    public static string Check(string? reduction) =>
        reduction is null ? "none"
        : Array.Exists(Known, r => r == reduction) ? reduction
        : throw new ArgumentException(
            $"A loss' reduction is one of {string.Join(", ", Known)}, but '{reduction}' was given.",
            nameof(reduction)
        );

    /// <summary>Weights, masks and reduces. Temporaries go to the ambient scope.</summary>
    /// <param name="values">The unreduced loss.</param>
    /// <param name="reduction">One of Keras' reductions.</param>
    /// <param name="weight">Weights of any number type, or null.</param>
    /// <param name="mask">Bool, or 0 and 1, or null.</param>
    public static Tensor Apply(Tensor values, string reduction, Tensor? weight, Tensor? mask)
    {
        ScalarType type = values.dtype;
        Tensor? factor = weight is null ? null : LossShapes.InType(weight, type, "sample_weight");
        if (mask is not null)
        {
            Tensor m = LossShapes.InType(mask, type);
            if (reduction is "mean" or "sum_over_batch_size")
            {
                // The valid values get the weight total / valid, so that the division by all of them gives the mean over the valid ones.
                // Where none is valid the mask is 0 and dividing by infinity keeps it so.
                m = m * NoZero(m.sum().Over(m.numel())).reciprocal();
            }

            if (factor is null)
            {
                factor = m;
            }
            else
            {
                (m, factor) = LossShapes.SameRank(m, factor);
                LossShapes.CheckBroadcast(factor, m, "sample_weight", "the mask");
                factor = factor * m;
            }
        }

        if (factor is not null)
        {
            (values, factor) = LossShapes.SameRank(values, factor);
            if (values.dim() > 0)
            {
                LossShapes.CheckBroadcast(factor, values, weight is null ? "the mask" : "sample_weight", "the loss before reduction");
            }

            values = values * factor;
        }

        // An empty batch has no loss; Keras gives the empty array.
        if (reduction == "none" || values.dim() == 0 || (values.dim() == 1 && values.shape[0] == 0))
        {
            return values;
        }

        return reduction switch
        {
            "sum" => values.sum(),
            "mean_with_sample_weight" when factor is not null => values.sum() / NoZero(factor.sum()),
            _ => values.mean(),
        };
    }

    /// <summary>Two masks that must both hold.</summary>
    public static Tensor? Both(Tensor? first, Tensor? second)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        LossShapes.CheckBroadcast(first, second, "the mask", "the mask of the targets");
        return first.to_type(ScalarType.Bool).logical_and(second.to_type(ScalarType.Bool));
    }

    // A divisor of 0 becomes infinity: Keras' divide_no_nan, whose quotient and gradient are then 0, without looking at the value.
    private static Tensor NoZero(Tensor divisor) => divisor.Replaced(divisor.Is(0), double.PositiveInfinity);
}
