namespace Distillation.Keras.Optimizers;

/// <summary>Rules of what only optimizers and schedules are given.</summary>
internal static class OptimizerArguments
{
    /// <summary>A number of steps, above 0.</summary>
    public static double Steps(double value, string name) =>
        // Schedules divide by it, in float32.
        (float)value > 0
        && Arguments.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"'{name}' is a number of steps and must be greater than 0.");

    /// <summary>One way to clip gradients at most.</summary>
    public static void OneClipping(double? clipnorm, double? clipvalue, double? global_clipnorm)
    {
        double?[] given = [clipnorm, clipvalue, global_clipnorm];
        if (given.Count(v => v is not null) > 1)
        {
            throw new ArgumentException(
                "Only one of clipnorm, clipvalue and global_clipnorm can be given, but found "
                    + $"clipnorm: {Show(clipnorm)}, clipvalue: {Show(clipvalue)}, global_clipnorm: {Show(global_clipnorm)}."
            );
        }

        static string Show(double? value) => value is double v ? Invariant($"{v}") : "null";
    }
}
