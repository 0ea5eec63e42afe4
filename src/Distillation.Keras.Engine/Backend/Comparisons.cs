using TorchSharp;
using static TorchSharp.torch;

// See Arithmetic.cs.
#pragma warning disable RS0030

namespace Distillation.Keras.Backend;

/// <summary>
/// Comparisons of tensors with numbers, element by element, and what bounds or replaces elements. All return new tensors.
/// </summary>
/// <remarks>Why these and not TorchSharp's operators: <see cref="Arithmetic"/>. Whole numbers are for tensors of whole numbers.</remarks>
internal static class Comparisons
{
    /// <summary><c>x &gt; limit</c></summary>
    public static Tensor IsAbove(this Tensor x, double limit)
    {
        using Scalar number = limit;
        return x.gt(number);
    }

    /// <summary><c>x &gt;= limit</c></summary>
    public static Tensor IsAtLeast(this Tensor x, double limit)
    {
        using Scalar number = limit;
        return x.ge(number);
    }

    /// <summary><c>x &lt; limit</c></summary>
    public static Tensor IsBelow(this Tensor x, double limit)
    {
        using Scalar number = limit;
        return x.lt(number);
    }

    /// <summary><c>x &lt;= limit</c></summary>
    public static Tensor IsAtMost(this Tensor x, double limit)
    {
        using Scalar number = limit;
        return x.le(number);
    }

    /// <summary><c>x == number</c></summary>
    public static Tensor Is(this Tensor x, double number)
    {
        using Scalar value = number;
        return x.eq(value);
    }

    /// <summary><c>x != number</c></summary>
    public static Tensor IsNot(this Tensor x, double number)
    {
        using Scalar value = number;
        return x.ne(value);
    }

    /// <summary><c>max(x, least)</c>, with Keras' gradient: 1 where x is the least or more.</summary>
    public static Tensor AtLeast(this Tensor x, double least)
    {
        using Scalar number = least;
        return x.clamp_min(number);
    }

    /// <inheritdoc cref="AtLeast(Tensor, double)"/>
    public static Tensor AtLeast(this Tensor x, long least)
    {
        using Scalar number = least;
        return x.clamp_min(number);
    }

    /// <summary><c>min(x, most)</c></summary>
    public static Tensor AtMost(this Tensor x, double most)
    {
        using Scalar number = most;
        return x.clamp_max(number);
    }

    /// <summary><c>min(max(x, least), most)</c></summary>
    public static Tensor Between(this Tensor x, double least, double most)
    {
        using Scalar low = least;
        using Scalar high = most;
        return x.clamp(low, high);
    }

    /// <inheritdoc cref="Between(Tensor, double, double)"/>
    public static Tensor Between(this Tensor x, long least, long most)
    {
        using Scalar low = least;
        using Scalar high = most;
        return x.clamp(low, high);
    }

    /// <summary>x, and the number where the mask holds.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="mask">Booleans that broadcast against x.</param>
    /// <param name="value">The number.</param>
    public static Tensor Replaced(this Tensor x, Tensor mask, double value)
    {
        using Scalar number = value;
        return x.masked_fill(mask, number);
    }
}
