using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Optimizers;

/// <summary>The same rate at each step.</summary>
internal sealed class ConstantRate : LearningRate, IConfigScalar
{
    internal ConstantRate(double value)
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A learning rate is a finite number that is not negative.");
        }

        Value = value;
    }

    internal override double Value { get; }

    // Keras keeps a constant rate in a float32 variable and writes that: 0.1 becomes 0.10000000149011612.
    JsonNode? IConfigScalar.ToJson() => JsonValue.Create((double)(float)Value);
}
