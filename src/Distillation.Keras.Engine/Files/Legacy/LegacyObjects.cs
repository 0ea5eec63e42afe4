using System.Text.Json.Nodes;

namespace Distillation.Keras.Files.Legacy;

/// <summary>Rewrites what the configurations of layers that Keras 1 or 2 wrote hold: initializers, penalties, constraints.</summary>
internal static class LegacyObjects
{
    private static readonly Dictionary<string, string> Initializers = new(StringComparer.Ordinal)
    {
        ["uniform"] = "random_uniform",
        ["normal"] = "random_normal",
        ["zero"] = "zeros",
        ["one"] = "ones",
    };

    public static JsonNode? Initializer(JsonNode? value)
    {
        if (LegacyConfig.Text(value) is string name)
        {
            return Initializers.GetValueOrDefault(name, name);
        }

        JsonNode? made = value?.DeepClone();
        if (made is JsonObject o && o["config"] is JsonObject config)
        {
            config.Remove("dtype");
            if (LegacyConfig.Text(o["class_name"]) == "VarianceScaling" && LegacyConfig.Text(config["distribution"]) == "normal")
            {
                config["distribution"] = "truncated_normal";
            }
        }

        return made;
    }

    public static JsonNode? Regularizer(JsonNode? value) =>
        value is JsonObject o && LegacyConfig.Text(o["name"]) is string name && !o.ContainsKey("class_name")
            ? name is not ("WeightRegularizer" or "ActivityRegularizer" or "L1L2Regularizer")
                ? throw new NotSupportedException($"There is no Regularizer class named '{name}'.")
                : new JsonObject
                {
                    ["class_name"] = "L1L2",
                    ["config"] = new JsonObject { ["l1"] = o["l1"]?.DeepClone() ?? 0.0, ["l2"] = o["l2"]?.DeepClone() ?? 0.0 },
                }
            : value?.DeepClone();

    public static JsonNode? Constraint(JsonNode? value)
    {
        if (value is not JsonObject o || LegacyConfig.Text(o["name"]) is not string name || o.ContainsKey("class_name"))
        {
            return value?.DeepClone();
        }

        var config = new JsonObject();
        foreach ((string key, JsonNode? argument) in o.Where(p => p.Key != "name"))
        {
            config[key == "m" ? "max_value" : key] = argument?.DeepClone();
        }

        return new JsonObject { ["class_name"] = name, ["config"] = config };
    }
}
