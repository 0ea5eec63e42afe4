using TorchSharp;
using static TorchSharp.torch;

// See Arithmetic.cs.
#pragma warning disable RS0030

namespace Distillation.Keras.Backend;

/// <summary>libtorch's nonlinear functions that take numbers. All return new tensors.</summary>
/// <remarks>Why these and not TorchSharp's <c>nn.functional</c>: <see cref="Arithmetic"/>.</remarks>
internal static class Nonlinearities
{
    private static readonly Scalar One = 1.0;

    /// <summary><c>x</c> above 0, else <c>slope * x</c>.</summary>
    public static Tensor LeakyRelu(Tensor x, double slope)
    {
        using Scalar by = slope;
        return x.leaky_relu(by);
    }

    /// <summary><c>x</c> above 0, else <c>alpha * (exp(x) - 1)</c>.</summary>
    public static Tensor Elu(Tensor x, double alpha)
    {
        using Scalar by = alpha;
        return x.elu(by, One, One);
    }

    /// <summary><c>x</c> above 0, else <c>alpha * (exp(x / alpha) - 1)</c>.</summary>
    public static Tensor Celu(Tensor x, double alpha)
    {
        using Scalar by = alpha;
        return x.celu(by);
    }

    /// <summary><c>x</c> above the limit, else the value.</summary>
    public static Tensor Threshold(Tensor x, double limit, double value)
    {
        using Scalar least = limit;
        using Scalar other = value;
        return x.threshold(least, other);
    }

    /// <summary>0 within the limit's distance from 0, else <c>x</c>. TorchSharp keeps the Scalar of this one.</summary>
    public static Tensor HardShrink(Tensor x, double limit) => nn.functional.hardshrink(x, limit);

    /// <summary>0 within the limit's distance from 0, else <c>x</c> moved towards 0 by the limit.</summary>
    public static Tensor SoftShrink(Tensor x, double limit) => nn.functional.softshrink(x, limit);

    /// <summary>
    /// <c>log(exp(x) + 1)</c>, right to the last digit for every x. TorchSharp's own makes Scalars and has no form that takes them.
    /// </summary>
    public static Tensor Softplus(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.logsigmoid(x.neg()).neg_().MoveToOuterDisposeScope();
    }
}
