using static TorchSharp.torch;

namespace Distillation.Keras.Losses;

/// <summary>Keras' reductions of a batch of loss values.</summary>
/// <remarks>Source: <c>keras/src/losses/loss.py</c>, <c>reduce_weighted_values</c>.</remarks>
internal static class LossReduction
{
    private static readonly string[] Known = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"];

    /// <summary>The reduction, if it is one.</summary>
    public static string Check(string reduction) =>
        Array.Exists(Known, r => r == reduction)
            ? reduction
            : throw new ArgumentException($"A loss' reduction is one of {string.Join(", ", Known)}, but '{reduction}' was given.", nameof(reduction));

    /// <summary>Weights, masks and reduces.</summary>
    public static Tensor Apply(Tensor values, string reduction, Tensor? weight, Tensor? mask)
    {
        if (weight is null && mask is null)
        {
            return reduction switch
            {
                "none" => values,
                "sum" => values.sum(),
                _ => values.mean(),
            };
        }

        throw new NotSupportedException("Weighted losses are written next.");
    }
}
