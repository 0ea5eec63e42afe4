using System.Reflection;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>
/// An argument whose <c>None</c> in Keras is not its default: JSON's null stands for a value, which C#'s <see langword="null"/>, the
/// default, cannot be. A configuration without the key has the default.
/// </summary>
/// <param name="key">Keras' key.</param>
/// <param name="value">What null stands for, as JSON text.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = true)]
internal sealed class ConfigNullAttribute(string key, string value) : Attribute
{
    /// <summary>Keras' key.</summary>
    public string Key { get; } = key;

    /// <summary>What null stands for, as JSON text.</summary>
    public string Value { get; } = value;

    /// <summary>Whether Keras writes null for that value, too.</summary>
    public bool IsWritten { get; init; }

    /// <summary>The configuration with values instead of the nulls that stand for them; the same one where there are none.</summary>
    public static JsonObject Read(Type type, JsonObject config)
    {
        JsonObject read = config;
        foreach (ConfigNullAttribute argument in type.GetCustomAttributes<ConfigNullAttribute>(inherit: true))
        {
            if (config.TryGetPropertyValue(argument.Key, out JsonNode? node) && node is null)
            {
                read = ReferenceEquals(read, config) ? (JsonObject)config.DeepClone() : read;
                read[argument.Key] = JsonNode.Parse(argument.Value);
            }
        }

        return read;
    }

    /// <summary>Puts nulls in the place of the values that Keras writes so.</summary>
    public static void Write(Type type, JsonObject config)
    {
        foreach (ConfigNullAttribute argument in type.GetCustomAttributes<ConfigNullAttribute>(inherit: true).Where(a => a.IsWritten))
        {
            if (JsonNode.DeepEquals(config[argument.Key], JsonNode.Parse(argument.Value)))
            {
                config[argument.Key] = null;
            }
        }
    }
}
