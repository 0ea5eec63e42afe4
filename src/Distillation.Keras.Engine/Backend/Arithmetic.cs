using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Arithmetic of tensors with numbers for the step loop.</summary>
/// <remarks>
/// TorchSharp 0.107 does not keep a <see cref="Scalar"/> alive during a call: one that is made on the fly may be finalised under the call when another
/// thread collects garbage, which then fails or reads freed memory. These keep theirs, and spare the finalizer.
/// </remarks>
internal static class Arithmetic
{
    private static readonly Scalar One = 1.0;

    /// <summary><c>x *= factor</c></summary>
    public static Tensor Scale(this Tensor x, double factor)
    {
        using Scalar by = factor;
        return x.mul_(by);
    }

    /// <summary><c>x += offset</c></summary>
    public static Tensor Shift(this Tensor x, double offset)
    {
        using Scalar plus = offset;
        return x.add_(plus, One);
    }

    /// <summary><c>x += factor * y</c></summary>
    public static Tensor AddScaled(this Tensor x, Tensor y, double factor)
    {
        using Scalar by = factor;
        return x.add_(y, by);
    }

    /// <summary><c>x += factor * y * z</c></summary>
    public static Tensor AddProduct(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar by = factor;
        return x.addcmul_(y, z, by);
    }

    /// <summary><c>x += factor * y / z</c></summary>
    public static Tensor AddQuotient(this Tensor x, Tensor y, Tensor z, double factor)
    {
        using Scalar by = factor;
        return x.addcdiv_(y, z, by);
    }

    /// <summary><c>x + offset</c>, a new tensor.</summary>
    public static Tensor Plus(this Tensor x, double offset)
    {
        using Scalar plus = offset;
        return x.add(plus, One);
    }

    /// <summary><c>x * factor</c>, a new tensor.</summary>
    public static Tensor Times(this Tensor x, double factor)
    {
        using Scalar by = factor;
        return x.mul(by);
    }

    /// <summary><c>x / divisor</c>, a new tensor.</summary>
    public static Tensor Over(this Tensor x, double divisor)
    {
        using Scalar by = divisor;
        return x.div(by);
    }
}
