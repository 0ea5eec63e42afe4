using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers.Schedules;

/// <summary>The rate falls along half a cosine, again and again.</summary>
/// <remarks>
/// Each period is <c>t_mul</c> times as long as the one before and starts at <c>m_mul</c> times its rate. Loshchilov and Hutter, arXiv
/// 1608.03983. Immutable. Source: <c>keras/src/optimizers/schedules/learning_rate_schedule.py</c>.
/// </remarks>
public sealed class CosineDecayRestarts : LearningRateSchedule
{
    /// <inheritdoc cref="CosineDecayRestarts" path="/summary"/>
    /// <param name="initial_learning_rate">The rate of step 0.</param>
    /// <param name="first_decay_steps">The length of the first period; greater than 0.</param>
    /// <param name="t_mul">How many times as long the next period is; at least 1.</param>
    /// <param name="m_mul">How many times as high the next period's first rate is.</param>
    /// <param name="alpha">The last rate of a period as a fraction of the initial rate.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A rate is negative, a number is not finite, or there is no step to decay over.
    /// </exception>
    public CosineDecayRestarts(
        double initial_learning_rate,
        double first_decay_steps,
        double t_mul = 2.0,
        double m_mul = 1.0,
        double alpha = 0.0,
        string name = "SGDRDecay"
    )
        : base(name)
    {
        Arguments.NotNegative(initial_learning_rate, nameof(initial_learning_rate));
        OptimizerArguments.Steps(first_decay_steps, nameof(first_decay_steps));
        Arguments.AtLeast(1.0, t_mul, nameof(t_mul));
        Arguments.NotNegative(m_mul, nameof(m_mul));
        Arguments.NotNegative(alpha, nameof(alpha));
        InitialLearningRate = initial_learning_rate;
        FirstDecaySteps = first_decay_steps;
        TMul = t_mul;
        MMul = m_mul;
        Alpha = alpha;
    }

    /// <summary>The rate of step 0.</summary>
    public double InitialLearningRate { get; }

    /// <summary>The length of the first period; greater than 0.</summary>
    [WholeNumber]
    public double FirstDecaySteps { get; }

    /// <summary>How many times as long the next period is; at least 1.</summary>
    public double TMul { get; }

    /// <summary>How many times as high the next period's first rate is.</summary>
    public double MMul { get; }

    /// <summary>The last rate of a period as a fraction of the initial rate.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public override double Call(double step)
    {
        float done = (float)step / (float)FirstDecaySteps;
        float factor = (float)TMul;
        float restarts;
        if (factor == 1)
        {
            restarts = MathF.Floor(done);
            done -= restarts;
        }
        else
        {
            restarts = MathF.Floor(MathF.Log(1 - (done * (1 - factor))) / MathF.Log(factor));
            float before = (1 - MathF.Pow(factor, restarts)) / (1 - factor);
            done = (done - before) / MathF.Pow(factor, restarts);
        }

        float cosine = 0.5f * MathF.Pow((float)MMul, restarts) * (1 + MathF.Cos(MathF.PI * done));
        return (float)InitialLearningRate * (((1 - (float)Alpha) * cosine) + (float)Alpha);
    }
}
