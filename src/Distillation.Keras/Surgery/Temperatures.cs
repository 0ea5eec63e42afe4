namespace Distillation.Keras;

/// <summary>The rule for temperatures.</summary>
internal static class Temperatures
{
    /// <summary>Refuses what is not a positive number.</summary>
    public static double Check(double temperature, string name) =>
        temperature > 0 && double.IsFinite(temperature)
            ? temperature
            : throw new ArgumentOutOfRangeException(name, temperature, "A temperature is a positive number: 1 changes nothing, higher ones soften the probabilities (2 to 20 are usual).");
}
