using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers.Schedules;

/// <summary>The rate goes to its last value along a polynomial; a straight line by default.</summary>
/// <remarks>
/// <c>(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps) ^ power + end_learning_rate</c>; afterwards it stays, or
/// cycles. Immutable. Source: <c>keras/src/optimizers/schedules/learning_rate_schedule.py</c>.
/// </remarks>
public sealed class PolynomialDecay : LearningRateSchedule
{
    /// <inheritdoc cref="PolynomialDecay" path="/summary"/>
    /// <param name="initial_learning_rate">The rate of step 0.</param>
    /// <param name="decay_steps">Over how many steps the rate decays once; greater than 0.</param>
    /// <param name="end_learning_rate">The rate at the end.</param>
    /// <param name="power">The exponent; 1 is a straight line.</param>
    /// <param name="cycle">Whether it begins anew after the steps, over the first multiple of them that is not below the step.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A rate is negative, a number is not finite, or there is no step to decay over.
    /// </exception>
    public PolynomialDecay(
        double initial_learning_rate,
        double decay_steps,
        double end_learning_rate = 0.0001,
        double power = 1.0,
        bool cycle = false,
        string name = "PolynomialDecay"
    )
        : base(name)
    {
        Arguments.NotNegative(initial_learning_rate, nameof(initial_learning_rate));
        OptimizerArguments.Steps(decay_steps, nameof(decay_steps));
        Arguments.NotNegative(end_learning_rate, nameof(end_learning_rate));
        Arguments.NotNegative(power, nameof(power));
        InitialLearningRate = initial_learning_rate;
        DecaySteps = decay_steps;
        EndLearningRate = end_learning_rate;
        Power = power;
        Cycle = cycle;
    }

    /// <summary>The rate of step 0.</summary>
    public double InitialLearningRate { get; }

    /// <summary>Over how many steps the rate decays once; greater than 0.</summary>
    [WholeNumber]
    public double DecaySteps { get; }

    /// <summary>The rate at the end.</summary>
    public double EndLearningRate { get; }

    /// <summary>The exponent; 1 is a straight line.</summary>
    public double Power { get; }

    /// <summary>Whether it begins anew after the steps, over the first multiple of them that is not below the step.</summary>
    public bool Cycle { get; }

    /// <inheritdoc/>
    public override double Call(double step)
    {
        float done = (float)step;
        float steps = (float)DecaySteps;
        if (Cycle)
        {
            steps *= done == 0 ? 1 : MathF.Ceiling(done / steps);
        }
        else
        {
            done = MathF.Min(done, steps);
        }

        float initial = (float)InitialLearningRate;
        float end = (float)EndLearningRate;
        return ((initial - end) * MathF.Pow(1 - (done / steps), (float)Power)) + end;
    }
}
