using Distillation.Keras.Schedules;

namespace Distillation.Keras;

/// <summary>The rule for temperatures.</summary>
internal static class Temperatures
{
    /// <summary>Refuses what is not a positive number.</summary>
    public static double Check(double temperature, string name) =>
        temperature > 0 && double.IsFinite(temperature)
            ? temperature
            : throw new ArgumentOutOfRangeException(name, temperature, "A temperature is a positive number: 1 changes nothing, higher ones soften the probabilities (2 to 20 are usual).");

    /// <summary>Refuses a constant that is not positive. What changes during a fit is checked when its length is known.</summary>
    public static Schedule Check(Schedule temperature, string name)
    {
        if (temperature is ConstantSchedule constant)
        {
            Check(constant.Value, name);
        }

        return temperature;
    }
}
