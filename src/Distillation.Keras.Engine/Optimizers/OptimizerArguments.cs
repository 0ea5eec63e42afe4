namespace Distillation.Keras.Optimizers;

/// <summary>Checks of what optimizers and schedules are given.</summary>
internal static class OptimizerArguments
{
    /// <summary>A finite number that is not negative.</summary>
    public static void NotNegative(double? value, string name)
    {
        if (value is double v && !(v >= 0 && double.IsFinite(v)))
        {
            throw new ArgumentOutOfRangeException(name, v, $"'{name}' is a finite number that is not negative.");
        }
    }

    /// <summary>A finite number above 0.</summary>
    public static void Positive(double? value, string name)
    {
        if (value is double v && !(v > 0 && double.IsFinite(v)))
        {
            throw new ArgumentOutOfRangeException(name, v, $"'{name}' is a finite number greater than 0; leave it out to do without.");
        }
    }

    /// <summary>A number of steps, above 0.</summary>
    public static void Steps(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is a number of steps and must be greater than 0.");
        }
    }

    /// <summary>A finite number.</summary>
    public static void Finite(double value, string name)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is a finite number.");
        }
    }

    /// <summary>A number from 0 to 1.</summary>
    public static void Fraction(double value, string name)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is a number from 0 to 1.");
        }
    }

    /// <summary>A number from 0 to below 1, by whose complement something is divided.</summary>
    public static void BelowOne(double value, string name)
    {
        if (!(value >= 0 && value < 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is a number from 0 to below 1.");
        }
    }

    /// <summary>A factor that makes nothing smaller.</summary>
    public static void AtLeastOne(double value, string name)
    {
        if (!(value >= 1 && double.IsFinite(value)))
        {
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is a finite number of at least 1.");
        }
    }

    /// <summary>An integer that is not too small.</summary>
    public static void AtLeast(int least, int? value, string name)
    {
        if (value < least)
        {
            throw new ArgumentOutOfRangeException(name, value, Invariant($"'{name}' is an integer of at least {least}; leave it out to do without."));
        }
    }

    /// <summary>One way to clip gradients at most.</summary>
    public static void OneClipping(double? clipnorm, double? clipvalue, double? global_clipnorm)
    {
        double?[] given = [clipnorm, clipvalue, global_clipnorm];
        if (given.Count(v => v is not null) > 1)
        {
            throw new ArgumentException(
                "Only one of clipnorm, clipvalue and global_clipnorm can be given, but found "
                + $"clipnorm: {Show(clipnorm)}, clipvalue: {Show(clipvalue)}, global_clipnorm: {Show(global_clipnorm)}.");
        }

        static string Show(double? value) => value is double v ? FormattableString.Invariant($"{v}") : "null";
    }
}
