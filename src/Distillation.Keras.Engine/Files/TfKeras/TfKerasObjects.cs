using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files.TfKeras;

/// <summary>Rewrites what configurations of Keras 3 have in them into the form of tf.keras 2.15.</summary>
internal static class TfKerasObjects
{
    // Arguments that tf.keras 2 does not have, with the value that is like having none; null where it says nothing beside another one.
    private static readonly Dictionary<string, string?> OfKeras3 = new(StringComparer.Ordinal)
    {
        ["quantization_config"] = "null",
        ["input_axes"] = "null",
        ["output_axes"] = "null",
        ["lora_rank"] = "null",
        ["lora_alpha"] = null,
        ["rms_scaling"] = "false",
        ["zero_output_for_mask"] = "false",
        ["use_gate"] = "false",
        ["sliding_window"] = "null",
        ["loss_scale_factor"] = "null",
        ["gradient_accumulation_steps"] = "null",
        ["from_sorted_ids:SparseTopKCategoricalAccuracy"] = "false",
        ["renorm:BatchNormalization"] = "false",
        ["renorm_clipping:BatchNormalization"] = null,
        ["renorm_momentum:BatchNormalization"] = null,
        ["synchronized:BatchNormalization"] = "false",
        ["data_format:ZeroPadding1D"] = "\"channels_last\"",
        ["data_format:RandomBrightness"] = "\"channels_last\"",
        ["data_format:RandomContrast"] = "\"channels_last\"",
        ["value_range:RandomContrast"] = "[0.0,255.0]",
        ["seed:LSTM"] = null,
        ["seed:GRU"] = null,
        ["seed:SimpleRNN"] = null,
        ["seed:MultiHeadAttention"] = null,
        ["backward_layer:Bidirectional"] = null,
    };

    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal) { ["negative_slope:LeakyReLU"] = "alpha" };

    /// <summary>The configuration of an object of a class.</summary>
    /// <param name="className">The class.</param>
    /// <param name="config">Its configuration in Keras 3.</param>
    /// <param name="part">Rewrites an object in it.</param>
    /// <exception cref="NotSupportedException">An argument has a value that tf.keras 2 does not know.</exception>
    public static JsonObject Config(string className, JsonObject config, Func<JsonObject, JsonNode?> part)
    {
        var made = new JsonObject();
        foreach ((string key, JsonNode? value) in config)
        {
            if (OfKeras3.TryGetValue($"{key}:{className}", out string? neutral) || OfKeras3.TryGetValue(key, out neutral))
            {
                if (neutral is not null && (value?.ToJsonString() ?? "null") != neutral)
                {
                    throw Unlike(className, key, value);
                }
            }
            else
            {
                made[Renamed.GetValueOrDefault($"{key}:{className}", key)] = Value(key, value, part);
            }
        }

        return made;
    }

    /// <summary>An initializer, a penalty, a constraint, a schedule, a policy.</summary>
    public static JsonNode Object(JsonObject node)
    {
        string className = LegacyConfig.Text(node["class_name"]) ?? string.Empty;
        if (className.EndsWith("DTypePolicy", StringComparison.Ordinal))
        {
            return Policy(LegacyLayers.TypeName(node));
        }

        if (ConfigReader.IsClass(node, "__tensor__"))
        {
            return node["config"]!["value"]!.DeepClone();
        }

        if (LegacyConfig.Text(node["module"])?.StartsWith("keras.src.ops", StringComparison.Ordinal) is true)
        {
            throw Missing("operation", className);
        }

        var made = (JsonObject)node.DeepClone();
        if (node["config"] is JsonObject config)
        {
            made["config"] = Config(className, config, Object);
        }

        return made;
    }

    /// <summary>The name under which tf.keras 2 finds a class.</summary>
    public static string ClassOf(JsonObject node) =>
        !IsOfKeras(node) && LegacyConfig.Text(node["registered_name"]) is string registered
            ? registered
            : LegacyConfig.Text(node["class_name"])!;

    /// <summary>Whether a class is one of Keras' own.</summary>
    public static bool IsOfKeras(JsonObject node) =>
        LegacyConfig.Text(node["module"]) is string module && (module == "keras" || module.StartsWith("keras.", StringComparison.Ordinal));

    public static NotSupportedException Missing(string what, string name) =>
        new($"tf.keras 2 has no {what} '{name}'. Save the model without format: \"tf_keras\", or make it without.");

    public static NotSupportedException Unlike(string className, string key, JsonNode? value) =>
        new(
            $"tf.keras 2 has no argument '{key}' of {className}, which is {KerasSerializer.Shorten(value)} here. Save the model without "
                + "format: \"tf_keras\"."
        );

    private static JsonNode? Value(string key, JsonNode? value, Func<JsonObject, JsonNode?> part) =>
        value switch
        {
            JsonObject o when o.ContainsKey("class_name") => part(o),
            JsonArray all => new JsonArray([.. all.Select(v => Value(string.Empty, v, part))]),
            _ when LegacyConfig.Text(value) is string name && key.EndsWith("activation", StringComparison.Ordinal) => Activation(name),
            _ => value?.DeepClone(),
        };

    private static JsonNode Activation(string name) =>
        name == "silu" ? "swish"
        : name == "hard_sigmoid"
            ? throw new NotSupportedException(
                "The activation 'hard_sigmoid' of tf.keras 2 is another function, clip(0.2 x + 0.5, 0, 1). Save the model without "
                    + "format: \"tf_keras\"."
            )
        : TfKerasNames.Activations.Contains(name) ? name
        : throw Missing("activation", name);

    // A type is text, a policy of two types an object.
    private static JsonNode Policy(string name) =>
        name.StartsWith("mixed_", StringComparison.Ordinal)
            ? new JsonObject
            {
                ["module"] = "keras.mixed_precision",
                ["class_name"] = "Policy",
                ["config"] = new JsonObject { ["name"] = name },
                ["registered_name"] = null,
            }
            : name;
}
