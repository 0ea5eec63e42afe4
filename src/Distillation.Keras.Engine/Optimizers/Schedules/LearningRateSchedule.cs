using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

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

    /// <summary>A schedule from Keras' form of one, as <see cref="Serialize"/> writes it, or from its name.</summary>
    /// <param name="config">An object with <c>class_name</c> and <c>config</c>, or a name.</param>
    /// <param name="custom_objects">What is made of names that the library does not know, from the configurations of these.</param>
    /// <exception cref="NotSupportedException">The class is not known; the message names it.</exception>
    /// <exception cref="ArgumentException">The configuration has an unknown key, or a value that does not fit.</exception>
    public static LearningRateSchedule Deserialize(
        JsonNode config,
        IReadOnlyDictionary<string, Func<JsonObject, object>>? custom_objects = null
    ) => KerasSerializer.Read<LearningRateSchedule>(config, custom_objects, NoName);

    /// <summary>A schedule in Keras' form: <c>module</c>, <c>class_name</c>, <c>config</c>.</summary>
    /// <param name="learning_rate_schedule">The schedule.</param>
    /// <exception cref="NotSupportedException">It holds a delegate, which no configuration can hold.</exception>
    public static JsonObject Serialize(LearningRateSchedule learning_rate_schedule)
    {
        ArgumentNullException.ThrowIfNull(learning_rate_schedule);
        return KerasSerializer.Serialize(learning_rate_schedule);
    }

    private static LearningRateSchedule NoName(string config) =>
        throw new ArgumentException(
            $"Schedules have arguments, so that none is made of a name alone, but \"{config}\" was given.",
            nameof(config)
        );
}
