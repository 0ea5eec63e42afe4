using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>Writes an object's configuration from the properties that keep its constructor's arguments.</summary>
internal static class ConfigWriter
{
    // Keras writes these three first, whatever the order of the arguments.
    private static readonly string[] First = ["name", "trainable", "dtype"];

    public static JsonObject Write(KerasObject value)
    {
        var config = new JsonObject();
        Type type = value.GetType();
        ConfigMember[] members = ConfigMember.Of(type);

        foreach (InheritedKey key in InheritedKey.Of(type, members))
        {
            config[key.Key] = ToJson(key.ValueOf(value), key.Key);
        }

        foreach (ConfigMember member in members.OrderBy(m => Array.IndexOf(First, m.Key) is var i && i >= 0 ? i : First.Length))
        {
            config[member.Key] = ToJson(FSharpOptions.Unwrap(member.Property.GetValue(value)), member.Key);
        }

        foreach (ConfigValueAttribute constant in type.GetCustomAttributes<ConfigValueAttribute>(inherit: true))
        {
            config[constant.Key] = JsonNode.Parse(constant.Value);
        }

        return config;
    }

    /// <summary>A value as Keras writes it.</summary>
    public static JsonNode? ToJson(object? value, string key) =>
        value switch
        {
            null => null,
            JsonNode node => node.DeepClone(),
            _ when ConfigValues.WriterOf(value.GetType()) is { } write => write(value),
            KerasObject o => KerasSerializer.Serialize(o),
            bool b => JsonValue.Create(b),
            int i => JsonValue.Create(i),
            long l => JsonValue.Create(l),
            double d => Number(d),
            float f => Number(f),
            byte or sbyte or short or ushort or uint => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            Enum e => JsonValue.Create(e.ToString()),
            string s => JsonValue.Create(s),
            Array { Rank: > 1 } => throw new NotSupportedException(
                $"The argument '{key}' is an array with several axes, which a configuration cannot hold. Make it an array of arrays "
                    + "(double[][])."
            ),
            IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(v => ToJson(v, key))]),
            _ => throw new NotSupportedException(
                $"The argument '{key}' of type {value.GetType().Name} cannot be written into a configuration, which holds numbers, "
                    + "booleans, strings, enumerations, objects of Keras, values that bring their own form (IConfigValue), and arrays "
                    + "and lists of these."
            ),
        };

    private static JsonValue Number(double value) =>
        double.IsFinite(value)
            ? JsonValue.Create(value)
            : throw new NotSupportedException(Invariant($"A configuration holds finite numbers, but found {value}."));
}
