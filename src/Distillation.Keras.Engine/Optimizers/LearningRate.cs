using System.Text.Json.Nodes;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Optimizers.Schedules;
using Distillation.Keras.Saving;

namespace Distillation.Keras;

/// <summary>A learning rate: a number, or a schedule that gives one for each step.</summary>
/// <remarks>
/// Immutable. A number converts: <c>new Adam(0.01)</c>. Each <see cref="LearningRateSchedule"/> is one, also of one's own, since F#
/// converts an object to its base class where it would not call a conversion for it: <c>new SGD(new CosineDecay(0.1, 1000))</c>.
/// </remarks>
[ConfigUnion]
public abstract class LearningRate : KerasObject, IConfigValue<LearningRate>
{
    private protected LearningRate() { }

    /// <summary>The constant rate, where there is no schedule.</summary>
    internal virtual double Value => 0;

    /// <summary>The schedule, if any.</summary>
    internal virtual LearningRateSchedule? Schedule => null;

    static LearningRate IConfigValue<LearningRate>.FromJson(JsonNode node) =>
        node is JsonObject ? KerasSerializer.Deserialize<LearningRateSchedule>(node) : ConfigPrimitives.Real(node);

    // Keras keeps a constant rate in a float32 variable and writes that: 0.1 becomes 0.10000000149011612.
    JsonNode IConfigValue<LearningRate>.ToJson() => Schedule is null ? ConfigWriter.Real((float)Value) : KerasSerializer.Serialize(this);

    /// <summary>A constant rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative or not finite.</exception>
    public static implicit operator LearningRate(double value) => new ConstantRate(value);

    /// <summary>A constant rate. F# does not go from an integer over a fraction to a rate.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative.</exception>
    public static implicit operator LearningRate(int value) => new ConstantRate(value);
}
