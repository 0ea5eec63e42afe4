using Distillation.Keras.Optimizers.Schedules;

namespace Distillation.Keras;

/// <content>Conversions from each schedule: F# takes no conversion from an argument's base class.</content>
public sealed partial class LearningRate
{
    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(CosineDecay schedule) => new(schedule);

    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(CosineDecayRestarts schedule) => new(schedule);

    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(ExponentialDecay schedule) => new(schedule);

    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(InverseTimeDecay schedule) => new(schedule);

    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(PiecewiseConstantDecay schedule) => new(schedule);

    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(PolynomialDecay schedule) => new(schedule);
}
