using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers.Schedules;

namespace Distillation.Keras.Saving;

/// <summary>Reads the values that Keras writes in a form of their own; see <see cref="IConfigScalar"/>.</summary>
internal static class ConfigScalars
{
    /// <summary>Reads a value of such a type.</summary>
    /// <returns>Whether <paramref name="type"/> is such a type.</returns>
    public static bool TryRead(JsonNode node, Type type, out object? value)
    {
        value = null;
        if (type == typeof(ActivationFunction))
        {
            value = ActivationFunction.Get(node is JsonObject o ? NameOf(o) : node.GetValue<string>());
            return true;
        }

        if (type == typeof(Axes))
        {
            value = Axes.FromJson(node);
            return true;
        }

        if (type == typeof(TargetShape))
        {
            value = TargetShape.FromJson(node);
            return true;
        }

        if (type == typeof(Padding1D))
        {
            value = Padding1D.FromJson(node);
            return true;
        }

        if (type == typeof(Padding2D))
        {
            value = Padding2D.FromJson(node);
            return true;
        }

        if (type == typeof(Padding3D))
        {
            value = Padding3D.FromJson(node);
            return true;
        }

        if (type == typeof(FocalAlpha))
        {
            value = FocalAlpha.FromJson(node);
            return true;
        }

        if (type == typeof(Scaling))
        {
            value = Scaling.FromJson(node);
            return true;
        }

        if (type == typeof(LearningRate))
        {
            value = node is JsonObject
                ? KerasSerializer.Deserialize<LearningRateSchedule>(node)
                : (LearningRate)(double)ConfigReader.Convert(node, typeof(double), "learning_rate")!;
            return true;
        }

        return false;
    }

    // Keras writes a function of its own as {"module": "keras.activations", "class_name": "function", "config": "relu"} in some versions.
    private static string NameOf(JsonObject node) =>
        ConfigReader.IsClass(node, "function") && node["config"] is JsonValue name
            ? ConfigReader.Text(name, "The name of an activation")
            : throw new NotSupportedException($"An activation is one of Keras' names, but the configuration has {KerasSerializer.Shorten(node)}.");
}
