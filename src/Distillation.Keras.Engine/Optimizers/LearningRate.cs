using System.Text.Json.Nodes;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>A learning rate: a number, or a schedule that gives one for each step.</summary>
/// <remarks>Immutable. Both convert: <c>new Adam(0.01)</c>, <c>new SGD(new CosineDecay(0.1, 1000))</c>.</remarks>
public sealed partial class LearningRate : IConfigScalar
{
    /// <summary>A constant rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite.</exception>
    public LearningRate(double value)
    {
        Value = Arguments.NotNegative(value, "learning_rate");
    }

    /// <summary>A rate for each step.</summary>
    public LearningRate(LearningRateSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        Schedule = schedule;
    }

    /// <summary>The constant rate, where there is no schedule.</summary>
    public double Value { get; }

    /// <summary>The schedule, if any.</summary>
    public LearningRateSchedule? Schedule { get; }

    /// <summary>A constant rate.</summary>
    public static implicit operator LearningRate(double value) => new(value);

    /// <summary>A rate for each step.</summary>
    public static implicit operator LearningRate(LearningRateSchedule schedule) => new(schedule);

    // Keras keeps a constant rate in a float32 variable and writes that: 0.1 becomes 0.10000000149011612.
    JsonNode? IConfigScalar.ToJson() => Schedule is null ? JsonValue.Create((double)(float)Value) : KerasSerializer.Serialize(Schedule);
}
