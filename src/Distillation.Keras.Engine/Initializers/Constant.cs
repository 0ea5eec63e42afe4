using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Initializers;

/// <summary>All values are one number.</summary>
/// <remarks>
/// Immutable and thread-safe. As in Keras the string <c>"constant"</c> does not say which number, and is refused.
/// Source: <c>keras/src/initializers/constant_initializers.py</c>.
/// </remarks>
public sealed class Constant : Initializer
{
    /// <inheritdoc cref="Constant" path="/summary"/>
    /// <param name="value">The number of each element; 0 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not finite.</exception>
    public Constant(double value = 0.0) => Value = Arguments.Finite(value);

    /// <summary>The number of each element.</summary>
    public double Value { get; }

    /// <inheritdoc/>
    public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32) =>
        Arithmetic.Filled(SizesOf(shape, dtype), Value, dtype, CPU);

    internal static Constant FromConfig(JsonObject config)
    {
        if (config.FirstOrDefault(p => p.Key != "value").Key is string unknown)
        {
            throw new ArgumentException($"Constant has no argument named '{unknown}'. Known: value.");
        }

        return config.TryGetPropertyValue("value", out JsonNode? value)
            ? new Constant((double)ConfigReader.Convert(value, typeof(double), "Constant: the argument 'value'")!)
            : throw new ArgumentException(
                "Constant needs the argument 'value', but its configuration does not have it. Use new Constant(value)."
            );
    }
}
