using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers.Schedules;

/// <summary>The rate falls along half a cosine, after a straight warm-up if wanted.</summary>
/// <remarks>
/// From step <c>warmup_steps</c> on, with r the warm-up's target or else the initial rate:
/// <c>r * ((1 - alpha) * (1 + cos(pi * step / decay_steps)) / 2 + alpha)</c>; it lasts <c>warmup_steps + decay_steps</c> in all.
/// Without <c>warmup_target</c> there is no warm-up, whatever <c>warmup_steps</c> says. Loshchilov and Hutter, arXiv 1608.03983.
/// Immutable. Source: <c>keras/src/optimizers/schedules/learning_rate_schedule.py</c>.
/// </remarks>
public sealed class CosineDecay : LearningRateSchedule
{
    /// <inheritdoc cref="CosineDecay" path="/summary"/>
    /// <param name="initial_learning_rate">The rate of step 0.</param>
    /// <param name="decay_steps">Over how many steps the rate decays once; greater than 0.</param>
    /// <param name="alpha">The last rate as a fraction of the highest.</param>
    /// <param name="name">Its name in configurations; by default Keras' own.</param>
    /// <param name="warmup_target">The rate at the end of the warm-up; <c>null</c>: no warm-up.</param>
    /// <param name="warmup_steps">Over how many steps the rate rises to the target.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A rate is negative, a number is not finite, or there is no step to decay over.
    /// </exception>
    public CosineDecay(
        double initial_learning_rate,
        double decay_steps,
        double alpha = 0.0,
        string name = "CosineDecay",
        double? warmup_target = null,
        double warmup_steps = 0
    )
        : base(name)
    {
        Arguments.NotNegative(initial_learning_rate, nameof(initial_learning_rate));
        OptimizerArguments.Steps(decay_steps, nameof(decay_steps));
        Arguments.NotNegative(alpha, nameof(alpha));
        Arguments.NotNegative(warmup_target, nameof(warmup_target));
        Arguments.NotNegative(warmup_steps, nameof(warmup_steps));
        InitialLearningRate = initial_learning_rate;
        DecaySteps = decay_steps;
        Alpha = alpha;
        WarmupTarget = warmup_target;
        WarmupSteps = warmup_steps;
    }

    /// <summary>The rate of step 0.</summary>
    public double InitialLearningRate { get; }

    /// <summary>Over how many steps the rate decays once; greater than 0.</summary>
    [WholeNumber]
    public double DecaySteps { get; }

    /// <summary>The last rate as a fraction of the highest.</summary>
    public double Alpha { get; }

    /// <summary>The rate at the end of the warm-up; <c>null</c>: no warm-up.</summary>
    public double? WarmupTarget { get; }

    /// <summary>Over how many steps the rate rises to the target.</summary>
    [WholeNumber]
    public double WarmupSteps { get; }

    /// <inheritdoc/>
    public override double Call(double step)
    {
        float done = (float)step;
        float steps = (float)DecaySteps;
        float initial = (float)InitialLearningRate;
        if (WarmupTarget is not double target)
        {
            return Decay(MathF.Min(done, steps), steps, initial);
        }

        float warmup = (float)WarmupSteps;
        done = MathF.Min(done, steps + warmup);
        return done < warmup ? (((float)target - initial) * (done / warmup)) + initial : Decay(done - warmup, steps, (float)target);
    }

    private float Decay(float done, float steps, float from)
    {
        float cosine = 0.5f * (1 + MathF.Cos(MathF.PI * (done / steps)));
        return from * (((float)(1 - Alpha) * cosine) + (float)Alpha);
    }
}
