using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>The hierarchical context loss (HCL) of knowledge review.</summary>
internal static class HierarchicalContext
{
    private static readonly long[] Levels = [4, 2, 1];

    /// <summary>
    /// The mean squared difference of two maps, and of both averaged to 4x4, 2x2 and 1x1 where they are larger than that, with the weights
    /// 1, 1/2, 1/4, 1/8 divided by their sum; (rows,).
    /// </summary>
    /// <param name="student">(rows, height, width, channels).</param>
    /// <param name="teacher">Of the same shape.</param>
    public static Tensor Rows(Tensor student, Tensor teacher)
    {
        // Pooling is linear: that of the difference is the difference of both.
        Tensor difference = (student - teacher).permute(0, 3, 1, 2);
        Tensor loss = difference.Squared().mean([1, 2, 3]);
        double weight = 1;
        double sum = 1;
        foreach (long level in Levels.Where(l => l < Math.Min(student.shape[1], student.shape[2])))
        {
            weight /= 2;
            sum += weight;
            loss = loss.PlusScaled(nn.functional.adaptive_avg_pool2d(difference, [level, level]).Squared().mean([1, 2, 3]), weight);
        }

        return loss.Over(sum);
    }
}
