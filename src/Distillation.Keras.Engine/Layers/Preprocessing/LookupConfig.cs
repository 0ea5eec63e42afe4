using System.Text.Json.Nodes;

namespace Distillation.Keras.Layers;

/// <summary>What configurations of lookup layers have beside the arguments.</summary>
internal static class LookupConfig
{
    private const string Size = "vocabulary_size";

    // The type of a lookup is that of its tokens: tf.keras writes int64 or string, and Keras 3 a policy that has no effect.
    private static readonly string[] WithoutEffect = ["has_input_vocabulary", Size];

    /// <summary>The arguments, and the size of the vocabulary where it is known.</summary>
    public static (JsonObject Arguments, int? Size) Of(JsonObject config)
    {
        var arguments = (JsonObject)config.DeepClone();
        int? size = config[Size] is JsonNode node ? Saving.ConfigPrimitives.Integer(node) : null;
        foreach (string key in WithoutEffect)
        {
            arguments.Remove(key);
        }

        if (arguments["dtype"] is JsonValue type && type.TryGetValue(out string? name) && name is "int64" or "string")
        {
            arguments.Remove("dtype");
        }

        return (arguments, size);
    }
}
