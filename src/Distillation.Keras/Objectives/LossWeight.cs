namespace Distillation.Keras.Objectives;

/// <summary>The rule for the weights of loss terms.</summary>
internal static class LossWeight
{
    /// <summary>Refuses what is negative or not finite.</summary>
    public static double Check(double weight, string name) =>
        weight >= 0 && double.IsFinite(weight)
            ? weight
            : throw new ArgumentOutOfRangeException(name, weight, "The weight of a loss term is a finite number that is not negative; 0 leaves the term out.");
}
