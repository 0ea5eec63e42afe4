using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers.Schedules;

/// <summary>The rate falls as one over the time.</summary>
/// <remarks>
/// <c>initial_learning_rate / (1 + decay_rate * step / decay_steps)</c>.
/// Immutable. Source: <c>keras/src/optimizers/schedules/learning_rate_schedule.py</c>.
/// </remarks>
public sealed class InverseTimeDecay : LearningRateSchedule
{
    /// <inheritdoc cref="InverseTimeDecay" path="/summary"/>
    /// <param name="initial_learning_rate">The rate of step 0.</param>
    /// <param name="decay_steps">Over how many steps the rate decays once; greater than 0.</param>
    /// <param name="decay_rate">How strong the decay is.</param>
    /// <param name="staircase">Whether the rate falls at whole multiples of the steps only.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A rate is negative, a number is not finite, or there is no step to decay over.
    /// </exception>
    public InverseTimeDecay(
        double initial_learning_rate,
        double decay_steps,
        double decay_rate,
        bool staircase = false,
        string name = "InverseTimeDecay"
    )
        : base(name)
    {
        Arguments.NotNegative(initial_learning_rate, nameof(initial_learning_rate));
        OptimizerArguments.Steps(decay_steps, nameof(decay_steps));
        Arguments.NotNegative(decay_rate, nameof(decay_rate));
        InitialLearningRate = initial_learning_rate;
        DecaySteps = decay_steps;
        DecayRate = decay_rate;
        Staircase = staircase;
    }

    /// <summary>The rate of step 0.</summary>
    public double InitialLearningRate { get; }

    /// <summary>Over how many steps the rate decays once; greater than 0.</summary>
    [WholeNumber]
    public double DecaySteps { get; }

    /// <summary>How strong the decay is.</summary>
    public double DecayRate { get; }

    /// <summary>Whether the rate falls at whole multiples of the steps only.</summary>
    public bool Staircase { get; }

    /// <inheritdoc/>
    public override double Call(double step)
    {
        float p = (float)step / (float)DecaySteps;
        return (float)InitialLearningRate / (1 + ((float)DecayRate * (Staircase ? MathF.Floor(p) : p)));
    }
}
