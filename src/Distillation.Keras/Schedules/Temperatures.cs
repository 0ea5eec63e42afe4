namespace Distillation.Keras.Schedules;

/// <summary>The rule for temperatures.</summary>
internal static class Temperatures
{
    /// <summary>Refuses what is not a positive number.</summary>
    public static double Check(double temperature, string name) =>
        Arguments.IsPositive(temperature)
            ? temperature
            : throw new ArgumentOutOfRangeException(
                name,
                temperature,
                "A temperature is a positive number: 1 changes nothing, higher ones soften the probabilities (2 to 20 are usual)."
            );

    /// <summary>
    /// Refuses a schedule that is known to take a value that is not positive. Other schedules are checked during the fit.
    /// </summary>
    public static Schedule Check(Schedule temperature, string name)
    {
        ArgumentNullException.ThrowIfNull(temperature, name);
        if (temperature is ConstantSchedule constant)
        {
            Check(constant.Value, name);
        }

        return temperature.Least is not <= 0
            ? temperature
            : throw new ArgumentOutOfRangeException(
                name,
                temperature,
                "A temperature is positive during the whole fit (1 changes nothing, higher ones soften the probabilities), but this "
                    + "schedule reaches a value that is not."
            );
    }
}
