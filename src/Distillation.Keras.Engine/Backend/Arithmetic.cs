using TorchSharp;
using static TorchSharp.torch;

// Here, and in Comparisons.cs and Nonlinearities.cs, every Scalar is static or disposed after the call, which keeps it alive.
#pragma warning disable RS0030

namespace Distillation.Keras.Backend;

/// <summary>Arithmetic of tensors with tensors and numbers.</summary>
/// <remarks>
/// TorchSharp 0.107 does not keep a <see cref="Scalar"/> alive during a call: one that is made on the fly may be finalised under the call
/// when another thread collects garbage, which then fails or reads freed memory. Its operators and default arguments make such ones, also
/// <c>a + b</c> (its alpha) and <c>square()</c>, so that they are banned in this project. Whole numbers are for tensors of whole numbers,
/// whose type they keep.
/// </remarks>
internal static class Arithmetic
{
    private static readonly Scalar One = 1L;
    private static readonly Scalar Two = 2L;

    /// <summary><c>x + y</c>, a new tensor.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary><c>x + offset</c>, a new tensor.</summary>
    public static Tensor Plus(this Tensor x, double offset)
    {
        using Scalar plus = offset;
        return x.add(plus, One);
    }

    /// <inheritdoc cref="Plus(Tensor, double)"/>
    public static Tensor Plus(this Tensor x, long offset)
    {
        using Scalar plus = offset;
        return x.add(plus, One);
    }

    /// <summary><c>x + factor * y</c>, a new tensor.</summary>
    public static Tensor PlusScaled(this Tensor x, Tensor y, double factor)
    {
        using Scalar by = factor;
        return x.add(y, by);
    }

    /// <inheritdoc cref="PlusScaled(Tensor, Tensor, double)"/>
    public static Tensor PlusScaled(this Tensor x, Tensor y, long factor)
    {
        using Scalar by = factor;
        return x.add(y, by);
    }

    /// <summary><c>x - offset</c>, a new tensor.</summary>
    public static Tensor Minus(this Tensor x, double offset)
    {
        using Scalar minus = offset;
        return x.sub(minus);
    }

    /// <inheritdoc cref="Minus(Tensor, double)"/>
    public static Tensor Minus(this Tensor x, long offset)
    {
        using Scalar minus = offset;
        return x.sub(minus);
    }

    /// <summary><c>1 - x</c>, a new tensor.</summary>
    public static Tensor Complement(this Tensor x) => x.SubtractedFrom(1);

    /// <summary><c>number - x</c> of a floating-point tensor, a new tensor.</summary>
    public static Tensor SubtractedFrom(this Tensor x, double number) => x.neg().Shift(number);

    /// <summary><c>x * factor</c>, a new tensor.</summary>
    public static Tensor Times(this Tensor x, double factor)
    {
        using Scalar by = factor;
        return x.mul(by);
    }

    /// <summary><c>x * factor</c>, a new tensor; integers stay integers.</summary>
    public static Tensor TimesWhole(this Tensor x, long factor)
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

    /// <summary><c>x * x</c>, a new tensor.</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Two);

    /// <summary>The variance along axes, with the number of elements as divisor and the axes kept, a new tensor.</summary>
    /// <remarks>TorchSharp's <c>var</c> and <c>std</c> do not catch what libtorch throws: an error there ends the process.</remarks>
    public static Tensor Variance(this Tensor x, long[] axes) => x.sub(x.mean(axes, keepdim: true)).Squared().mean(axes, keepdim: true);

    /// <summary>x to the power of a number, a new tensor.</summary>
    public static Tensor ToThePower(this Tensor x, double exponent)
    {
        using Scalar power = exponent;
        return x.pow(power);
    }

    /// <summary><c>x += y</c></summary>
    public static Tensor Accumulate(this Tensor x, Tensor y) => x.add_(y, One);

    /// <summary><c>x *= factor</c></summary>
    public static Tensor Scale(this Tensor x, double factor)
    {
        using Scalar by = factor;
        return x.mul_(by);
    }

    /// <summary><c>x /= divisor</c></summary>
    public static Tensor Divide(this Tensor x, double divisor)
    {
        using Scalar by = divisor;
        return x.div_(by);
    }

    /// <summary><c>x += offset</c></summary>
    public static Tensor Shift(this Tensor x, double offset)
    {
        using Scalar plus = offset;
        return x.add_(plus, One);
    }

    /// <summary>Adds each row of y to the row of x that stands beside it: <c>x[rows[i]] += y[i]</c></summary>
    public static Tensor AddRows(this Tensor x, Tensor rows, Tensor y) => x.index_add_(0, rows, y, One);

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

    /// <summary>Sets every element to a number.</summary>
    public static Tensor Fill(this Tensor x, double value)
    {
        using Scalar number = value;
        return x.fill_(number);
    }

    /// <summary>A new tensor that is a number everywhere.</summary>
    /// <param name="sizes">The sizes of its axes.</param>
    /// <param name="value">The number.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="device">The device.</param>
    public static Tensor Filled(long[] sizes, double value, ScalarType dtype, torch.Device device)
    {
        using Scalar number = value;
        return full(sizes, number, dtype, device);
    }

    /// <summary>A new tensor of the shape, element type and device of x that is a number everywhere.</summary>
    public static Tensor FilledLike(this Tensor x, double value)
    {
        using Scalar number = value;
        return full_like(x, number);
    }

    /// <summary>The whole numbers from <paramref name="start"/> up to, without, <paramref name="stop"/>.</summary>
    /// <param name="start">The first one.</param>
    /// <param name="stop">The one after the last.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="device">The device.</param>
    public static Tensor Range(long start, long stop, ScalarType dtype, torch.Device device)
    {
        using Scalar first = start;
        using Scalar end = stop;
        return arange(first, end, One, dtype, device);
    }
}
