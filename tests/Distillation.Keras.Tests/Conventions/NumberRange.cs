using System.Globalization;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>Which numbers an argument may be.</summary>
/// <param name="Least">The lower bound.</param>
/// <param name="Most">The upper bound.</param>
/// <param name="LeastIncluded">Whether the lower bound is allowed.</param>
/// <param name="MostIncluded">Whether the upper bound is allowed.</param>
public sealed record NumberRange(double Least, double Most, bool LeastIncluded = true, bool MostIncluded = true)
{
    /// <summary>Any number that a float32 holds: a larger one would become infinite in silence.</summary>
    public static readonly NumberRange Finite = new(-float.MaxValue, float.MaxValue);

    public static readonly NumberRange NotNegative = new(0, float.MaxValue);

    public static readonly NumberRange Positive = new(0, float.MaxValue, LeastIncluded: false);

    public static readonly NumberRange Fraction = new(0, 1);

    public static readonly NumberRange BelowOne = new(0, 1, MostIncluded: false);

    /// <summary>Any whole number: a seed, an axis that is compared with a shape later.</summary>
    public static readonly NumberRange AnyInteger = new(int.MinValue, int.MaxValue);

    public static NumberRange IntegerFrom(int least) => new(least, int.MaxValue);

    /// <summary>What is tried at most, where more is allowed but takes memory.</summary>
    public double Tried { get; init; } = double.PositiveInfinity;

    /// <summary>A number outside of it that stands for something.</summary>
    public double? Also { get; init; }

    /// <summary>Whether a number is allowed. A finite one that no float32 holds never is.</summary>
    public bool Contains(double value) => value == Also || IsInside(value);

    private bool IsInside(double value) =>
        (double.IsInfinity(value) || Math.Abs(value) <= float.MaxValue)
        && (LeastIncluded ? value >= Least : value > Least)
        && (MostIncluded ? value <= Most : value < Most);

    /// <summary>What is tried: NaN, infinities, huge numbers, 0, -1, and both sides of each bound.</summary>
    /// <param name="whole">Whether the argument is an integer.</param>
    public IEnumerable<double> Probes(bool whole)
    {
        double[] probes = whole
            ? [int.MinValue, int.MinValue + 1, -1, 0, 1, int.MaxValue, Least - 1, Least, Least + 1, Most - 1, Most, Most + 1]
            :
            [
                double.NaN,
                double.NegativeInfinity,
                double.PositiveInfinity,
                double.MinValue,
                double.MaxValue,
                -1,
                0,
                1e-3,
                Least,
                Most,
                Math.BitDecrement(Least),
                Math.BitIncrement(Most),
                Middle,
            ];
        return probes.Where(p => !(p > Tried) && (!whole || (p >= int.MinValue && p <= int.MaxValue))).Distinct();
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(LeastIncluded ? '[' : '(')}{Least}, {Most}{(MostIncluded ? ']' : ')')}");

    private double Middle => (Math.Max(Least, -100) + Math.Min(Most, 100)) / 2;
}
