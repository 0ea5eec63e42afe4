using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distillation.Keras.Benchmarks.HandWritten;

/// <summary>torch's Adam, with the epsilon where Keras has it.</summary>
/// <remarks>
/// Keras adds epsilon to the root before the correction of the averages' start from 0, torch after it. With the same number the first steps
/// of weights with small gradients differ by far more than rounding. So torch's epsilon is set for each step: that costs one number.
/// </remarks>
internal static class KerasAdam
{
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-7;

    /// <summary>Adam(0.001).</summary>
    public static Adam Create(HandClassifier model) => optim.Adam(model.parameters(), lr: 0.001, beta2: Beta2, eps: Epsilon);

    /// <summary>To be called before each step of the optimizer.</summary>
    /// <param name="adam">The optimizer.</param>
    /// <param name="step">The number of the step, from 1.</param>
    public static void SetEpsilon(Adam adam, long step)
    {
        foreach (optim.ILearningRateController group in adam.ParamGroups)
        {
            ((Adam.ParamGroup)group).Options.eps = Epsilon / Math.Sqrt(1 - Math.Pow(Beta2, step));
        }
    }
}
