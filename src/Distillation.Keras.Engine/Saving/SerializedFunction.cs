using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>What Keras writes for one of its functions: <c>{"class_name": "function", "config": "mean_squared_error"}</c>.</summary>
internal static class SerializedFunction
{
    /// <summary>The name of the function, or <see langword="null"/> where it is another object.</summary>
    /// <param name="node">A serialised object.</param>
    /// <param name="where">Where it stands, as a refusal says it.</param>
    /// <exception cref="NotSupportedException">It is a function of a module that is not Keras' own.</exception>
    /// <exception cref="ArgumentException">It is a function without a name.</exception>
    public static string? NameOf(JsonObject node, string where)
    {
        if (!ConfigReader.IsClass(node, "function"))
        {
            return null;
        }

        if (node["module"] is JsonValue module && module.TryGetValue(out string? name) && name != "builtins")
        {
            KerasSerializer.RefuseForeign("a function", module);
        }

        return ConfigReader.Text(node["config"], where);
    }

    /// <summary>The form of a function of that name.</summary>
    public static JsonObject Write(string name) =>
        new()
        {
            ["module"] = "builtins",
            ["class_name"] = "function",
            ["config"] = name,
            ["registered_name"] = "function",
        };
}
