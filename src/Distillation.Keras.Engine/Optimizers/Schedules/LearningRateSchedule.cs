namespace Distillation.Keras.Optimizers.Schedules;

/// <summary>A learning rate for each step.</summary>
/// <remarks>
/// Immutable. For a schedule of one's own override <see cref="Call"/>. Source:
/// <c>keras/src/optimizers/schedules/learning_rate_schedule.py</c>.
/// </remarks>
public abstract class LearningRateSchedule : LearningRate
{
    /// <summary>Keeps the name.</summary>
    /// <param name="name">The schedule's name; <c>null</c>: that of its class.</param>
    protected LearningRateSchedule(string? name = null) => Name = name ?? GetType().Name;

    /// <summary>Its name. It is kept for configurations and means nothing else.</summary>
    public string Name { get; }

    internal sealed override LearningRateSchedule Schedule => this;

    internal override string Module =>
        GetType().Assembly == typeof(LearningRateSchedule).Assembly ? "keras.optimizers.schedules" : base.Module;

    /// <summary>The rate of a step, computed in float32 as Keras does.</summary>
    /// <param name="step">The number of steps already made, from 0.</param>
    public abstract double Call(double step);
}
