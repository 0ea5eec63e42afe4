using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>The rectified linear unit and its kin.</content>
public static partial class Activations
{
    // The smallest normal number of float32; see Selu.
    private const double Tiny = 1.1754943508222875e-38;

    /// <summary>
    /// The rectified linear unit: max(x, 0) by default. In general <paramref name="max_value"/> at most, x above
    /// <paramref name="threshold"/>, and
    /// <c>negative_slope * (x - threshold)</c> below it. The gradient at the threshold is the negative slope, at 6 of <c>max_value: 6</c>
    /// it is 0.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="negative_slope">The slope below the threshold.</param>
    /// <param name="max_value">
    /// The largest value, or <see langword="null"/> or infinity for none; as in Keras a negative one gives 0.
    /// </param>
    /// <param name="threshold">Where the rectified part begins.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public static Tensor Relu(Tensor x, double negative_slope = 0.0, double? max_value = null, double threshold = 0.0)
    {
        Real(x);
        Arguments.Finite(negative_slope);
        Arguments.Finite(threshold);
        max_value = max_value is not double most || double.IsPositiveInfinity(most) ? null : Arguments.Finite(most, nameof(max_value));
        if (threshold == 0 && max_value is null)
        {
            return negative_slope == 0 ? nn.functional.relu(x) : Nonlinearities.LeakyRelu(x, negative_slope);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor y =
            threshold != 0 ? Nonlinearities.Threshold(x, threshold, 0)
            : max_value == 6 ? nn.functional.relu6(x)
            : nn.functional.relu(x);
        if (max_value is double max && (threshold != 0 || max != 6))
        {
            y = y.Between(0, Math.Max(0, max));
        }

        if (negative_slope != 0)
        {
            y = y.PlusScaled(nn.functional.relu(x.SubtractedFrom(threshold)), -negative_slope);
        }

        return y.MoveToOuterDisposeScope();
    }

    /// <summary>min(max(x, 0), 6). The gradient at 0 and at 6 is 0.</summary>
    /// <param name="x">Any tensor.</param>
    public static Tensor Relu6(Tensor x) => nn.functional.relu6(Real(x));

    /// <summary>x above 0, <c>negative_slope * x</c> below. The gradient at 0 is the negative slope.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    /// <param name="negative_slope">The slope below 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static Tensor LeakyRelu(Tensor x, double negative_slope = 0.2) =>
        Nonlinearities.LeakyRelu(Floating(x), Arguments.Finite(negative_slope));

    /// <summary>x above 0, <c>alpha * (exp(x) - 1)</c> below (Clevert et al., arXiv 1511.07289).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    /// <param name="alpha">Minus the limit for large negative x.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public static Tensor Elu(Tensor x, double alpha = 1.0) => Nonlinearities.Elu(Floating(x), Arguments.Finite(alpha));

    /// <summary>
    /// x above 0, <c>alpha * (exp(x / alpha) - 1)</c> below (Barron, arXiv 1704.07483). The gradient at 0 is 1; Keras' own is 2 there, a
    /// slip.
    /// </summary>
    /// <param name="x">Any floating-point tensor.</param>
    /// <param name="alpha">Minus the limit for large negative x; not 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is 0 or not finite.</exception>
    public static Tensor Celu(Tensor x, double alpha = 1.0) =>
        (float)alpha != 0
            ? Nonlinearities.Celu(Floating(x), Arguments.Finite(alpha))
            : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "celu divides by alpha, so that it cannot be 0.");

    /// <summary>
    /// 1.0507 x above 0, 1.0507 * 1.6733 * (exp(x) - 1) below (Klambauer et al., arXiv 1706.02515). The gradient at 0 is 1.0507.
    /// </summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Selu(Tensor x)
    {
        Floating(x);
        // libtorch takes the gradient at 0 from the left. A zero is moved right by less than any difference that matters.
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.selu(x.PlusScaled(x.Is(0), Tiny)).MoveToOuterDisposeScope();
    }

    /// <summary>x times the distribution function of the normal distribution (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    /// <param name="approximate">Whether to use the approximation by tanh.</param>
    public static Tensor Gelu(Tensor x, bool approximate = false) =>
        nn.functional.gelu(Floating(x), approximate ? TorchSharp.Modules.GELU.Approximate.tanh : TorchSharp.Modules.GELU.Approximate.none);

    /// <summary>x above the threshold, another value at and below it.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="default_value">The value at and below it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite.</exception>
    public static Tensor Threshold(Tensor x, double threshold, double default_value) =>
        Nonlinearities.Threshold(Real(x), Arguments.Finite(threshold), Arguments.Finite(default_value));

    /// <summary>log(exp(x) + 1).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Softplus(Tensor x) => Nonlinearities.Softplus(Floating(x));

    /// <summary>(x + sqrt(x^2 + b)) / 2 (Barron, arXiv 2112.11687).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    /// <param name="b">How smooth it is around 0; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="b"/> is negative or not finite.</exception>
    public static Tensor Squareplus(Tensor x, double b = 4)
    {
        Floating(x);
        Arguments.NotNegative(b);
        using DisposeScope scope = NewDisposeScope();
        return x.Squared().Shift(b).sqrt_().Plus(x).Scale(0.5).MoveToOuterDisposeScope();
    }

    /// <summary>0 up to -1, x from 1 on, (x + 1)^2 / 4 between.</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor SparsePlus(Tensor x)
    {
        Floating(x);
        using DisposeScope scope = NewDisposeScope();
        Tensor curved = x.Between(-1, 1).Shift(1).Squared().Times(0.25);
        return curved.Plus(nn.functional.relu(x.Minus(1))).MoveToOuterDisposeScope();
    }

    /// <summary>x * tanh(log(exp(x) + 1)) (Misra, arXiv 1908.08681).</summary>
    /// <param name="x">Any floating-point tensor.</param>
    public static Tensor Mish(Tensor x)
    {
        Floating(x);
        using DisposeScope scope = NewDisposeScope();
        return Nonlinearities.Softplus(x).tanh().mul(x).MoveToOuterDisposeScope();
    }
}
