using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Functions that are 0 around 0.</content>
public static partial class Activations
{
    /// <summary>x where |x| is above the threshold, else 0.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    /// <param name="threshold">The threshold, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is negative or not finite.</exception>
    public static Tensor HardShrink(Tensor x, double threshold = 0.5) =>
        Nonlinearities.HardShrink(Floating(x), Arguments.NotNegative(threshold));

    /// <summary>x moved towards 0 by the threshold, and 0 where |x| is not above it.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    /// <param name="threshold">The threshold, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is negative or not finite.</exception>
    public static Tensor SoftShrink(Tensor x, double threshold = 0.5) =>
        Nonlinearities.SoftShrink(Floating(x), Arguments.NotNegative(threshold));

    /// <summary>x - tanh(x).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor TanhShrink(Tensor x)
    {
        Real(x);
        using DisposeScope scope = NewDisposeScope();
        return (x - tanh(x)).MoveToOuterDisposeScope();
    }
}
