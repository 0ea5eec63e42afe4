namespace Distillation.Keras.Schedules;

/// <summary>The rule for the weights of loss terms.</summary>
internal static class LossWeight
{
    /// <summary>Refuses what is negative or not finite.</summary>
    public static double Check(double weight, string name) =>
        weight >= 0 && Arguments.IsFinite(weight)
            ? weight
            : throw new ArgumentOutOfRangeException(
                name,
                weight,
                "The weight of a loss term is a finite number that is not negative; 0 leaves the term out."
            );

    /// <summary>
    /// Refuses a schedule that is known to take a negative value, and one that is no weight. Other schedules are checked during the fit.
    /// </summary>
    public static Schedule Check(Schedule weight, string name)
    {
        ArgumentNullException.ThrowIfNull(weight, name);
        if (weight.IsLearnt)
        {
            throw new ArgumentException(
                "A learnt temperature is no weight: it goes up the loss, so that as a weight it would do nothing but grow. Give it to an "
                    + "objective as its temperature, and a number or another schedule as weight.",
                name
            );
        }

        if (weight is ConstantSchedule constant)
        {
            Check(constant.Value, name);
        }

        return weight.Least is not < 0
            ? weight
            : throw new ArgumentOutOfRangeException(
                name,
                weight,
                "The weight of a loss term is not negative during the whole fit, but this schedule reaches a value that is."
            );
    }
}
