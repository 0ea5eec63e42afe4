using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers;

/// <summary>The same rate at each step.</summary>
internal sealed class ConstantRate : LearningRate, IConfigScalar
{
    internal ConstantRate(double value) => Value = Arguments.NotNegative(value, "learning_rate");

    internal override double Value { get; }

    // Keras keeps a constant rate in a float32 variable and writes that: 0.1 becomes 0.10000000149011612.
    JsonNode? IConfigScalar.ToJson() => JsonValue.Create((double)(float)Value);
}
