using Distillation.Keras.Schedules;

namespace Distillation.Keras.Objectives;

/// <summary>The rule for the weights of loss terms.</summary>
internal static class LossWeight
{
    /// <summary>Refuses what is negative or not finite.</summary>
    public static double Check(double weight, string name) =>
        weight >= 0 && double.IsFinite(weight)
            ? weight
            : throw new ArgumentOutOfRangeException(name, weight, "The weight of a loss term is a finite number that is not negative; 0 leaves the term out.");

    /// <summary>Refuses a constant that is negative, and what is no weight.</summary>
    public static Schedule Check(Schedule weight, string name)
    {
        ArgumentNullException.ThrowIfNull(weight, name);
        if (weight is ConstantSchedule constant)
        {
            Check(constant.Value, name);
        }

        return weight.IsLearnt
            ? throw new ArgumentException("A weight is a number, a schedule over epochs or one for each sample. What is learnt to make the loss great is a temperature alone.", name)
            : weight;
    }
}
