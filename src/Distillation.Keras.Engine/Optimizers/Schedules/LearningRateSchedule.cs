namespace Distillation.Keras.Optimizers.Schedules;

/// <summary>A learning rate for each step.</summary>
/// <remarks>Immutable. Source: <c>keras/src/optimizers/schedules/learning_rate_schedule.py</c>.</remarks>
public abstract class LearningRateSchedule : KerasObject
{
    internal override string Module => GetType().Assembly == typeof(LearningRateSchedule).Assembly ? "keras.optimizers.schedules" : base.Module;

    /// <summary>The rate of a step, computed in float32 as Keras does.</summary>
    /// <param name="step">The number of steps already made, from 0.</param>
    public abstract double Call(double step);
}
