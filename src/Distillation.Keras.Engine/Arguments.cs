using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Distillation.Keras;

/// <summary>Rules for the numbers that constructors and functions are given.</summary>
/// <remarks>
/// Weights are float32 unless somebody asks for more, so that a "finite number" is one that a float32 holds: a larger one would become
/// infinite in silence.
/// </remarks>
internal static class Arguments
{
    /// <summary>Whole numbers as fractions.</summary>
    public static double[] ToDouble(int[] values, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(values, name);
        return Array.ConvertAll(values, v => (double)v);
    }

    /// <summary>Refuses what is no finite number.</summary>
    public static double Finite(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        IsFinite(value) ? value : throw Refused(name, value, "a finite number");

    /// <summary>Refuses a number that is negative or not finite.</summary>
    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 && IsFinite(value) ? value : throw Refused(name, value, "a finite number that is not negative");

    /// <inheritdoc cref="NotNegative(double, string)"/>
    [return: NotNullIfNotNull(nameof(value))]
    public static double? NotNegative(double? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is double v ? NotNegative(v, name) : null;

    /// <summary>Refuses a number that is not positive and finite, also one that a float32 rounds to 0.</summary>
    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        IsPositive(value) ? value : throw Refused(name, value, "a finite number greater than 0");

    /// <summary>Refuses a number that is not positive and finite; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public static double? Positive(double? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is not double v || IsPositive(v)
            ? value
            : throw Refused(name, v, "a finite number greater than 0; leave it out to do without");

    /// <summary>Refuses a number outside of a closed range.</summary>
    public static double Within(double value, double least, double most, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= least && value <= most
            ? value
            : throw Refused(name, value, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    /// <summary>Refuses a number that is not from 0 to 1.</summary>
    public static double Fraction(double value, [CallerArgumentExpression(nameof(value))] string name = "") => Within(value, 0, 1, name);

    /// <summary>Refuses a number that is not from 0 to below 1: by its complement something is divided.</summary>
    public static double BelowOne(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= 0 && value < 1 ? value : throw Refused(name, value, "a number from 0 to below 1");

    /// <summary>Refuses a number outside of an open range, also one that a float32 rounds to an end of it.</summary>
    public static double Between(double value, double least, double most, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value > least && value < most && (float)value > least && (float)value < most
            ? value
            : throw Refused(
                name,
                value,
                string.Create(CultureInfo.InvariantCulture, $"a number between {least} and {most}, neither of them included")
            );

    /// <summary>Refuses a number below the least, and one that is not finite.</summary>
    public static double AtLeast(double least, double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= least && IsFinite(value)
            ? value
            : throw Refused(name, value, string.Create(CultureInfo.InvariantCulture, $"a finite number of at least {least}"));

    /// <summary>Refuses a whole number below the least.</summary>
    public static int AtLeast(int least, int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= least ? value : throw Refused(name, value, Invariant($"a whole number of at least {least}"));

    /// <summary>Refuses a whole number above the greatest.</summary>
    public static int AtMost(int most, int value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value <= most ? value : throw Refused(name, value, Invariant($"a whole number of at most {most}"));

    /// <summary>Refuses a whole number below the least; <see langword="null"/> is none.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public static int? AtLeast(int least, int? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is not int v || v >= least
            ? value
            : throw Refused(name, v, Invariant($"a whole number of at least {least}; leave it out to do without"));

    /// <summary>Refuses a number that is no member of its enumeration.</summary>
    public static T Defined<T>(T value, string name)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"'{name}' is one of {string.Join(", ", Enum.GetNames<T>())}.");

    /// <summary>Whether a float32 holds it.</summary>
    public static bool IsFinite(double value) => double.IsFinite(value) && Math.Abs(value) <= float.MaxValue;

    /// <summary>Whether a float32 holds it and does not round it to 0.</summary>
    public static bool IsPositive(double value) => (float)value > 0 && IsFinite(value);

    // Larger numbers are finite as doubles: then it must be said why they are refused.
    private static ArgumentOutOfRangeException Refused(string name, object value, string rule) =>
        new(
            name,
            value,
            $"'{name}' is {rule}{(IsBeyondFloat32(value) ? " (of at most 3.4E+38, the largest that a float32 holds)" : string.Empty)}."
        );

    private static bool IsBeyondFloat32(object value) => value is double d && double.IsFinite(d) && Math.Abs(d) > float.MaxValue;
}
