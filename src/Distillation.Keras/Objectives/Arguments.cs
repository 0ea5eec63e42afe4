using System.Runtime.CompilerServices;

namespace Distillation.Keras.Objectives;

/// <summary>Rules for the arguments of objectives.</summary>
internal static class Arguments
{
    /// <summary>Refuses a number that is not positive and finite.</summary>
    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is a finite number above 0.");

    /// <summary>Refuses a number that is negative or not finite.</summary>
    public static double NotNegative(double value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is a finite number that is not negative.");

    /// <summary>Refuses a number outside of a closed range.</summary>
    public static double Within(double value, double least, double most, [CallerArgumentExpression(nameof(value))] string name = "") => value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(name, value, Invariant($"{name} is a number from {least} to {most}."));

    /// <summary>Refuses a number outside of an open range.</summary>
    public static double Between(double value, double least, double most, [CallerArgumentExpression(nameof(value))] string name = "") => value > least && value < most
        ? value
        : throw new ArgumentOutOfRangeException(name, value, Invariant($"{name} is a number between {least} and {most}, neither of them included."));

    /// <summary>Refuses a whole number below the least.</summary>
    public static int AtLeast(int least, int value, [CallerArgumentExpression(nameof(value))] string name = "") => value >= least
        ? value
        : throw new ArgumentOutOfRangeException(name, value, Invariant($"{name} is a whole number of at least {least}."));

    /// <summary>Refuses a number that is no member of its enumeration.</summary>
    public static T Defined<T>(T value, string name)
        where T : struct, Enum => Enum.IsDefined(value)
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"It is one of {string.Join(", ", Enum.GetNames<T>())}.");
}
