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
            config[key.Key] = ToJson(key.ValueOf(value), Argument(key.Key, type));
        }

        foreach (ConfigMember member in members.OrderBy(m => Array.IndexOf(First, m.Key) is var i && i >= 0 ? i : First.Length))
        {
            config[member.Key] = ToJson(FSharpOptions.Unwrap(member.Property.GetValue(value)), Argument(member.Key, type));
        }

        foreach (ConfigValueAttribute constant in type.GetCustomAttributes<ConfigValueAttribute>(inherit: true))
        {
            config[constant.Key] = JsonNode.Parse(constant.Value);
        }

        return config;
    }

    /// <summary>A value as Keras writes it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="what">What it is, as a refusal calls it.</param>
    public static JsonNode? ToJson(object? value, string what) =>
        value switch
        {
            null => null,
            JsonNode node => node.DeepClone(),
            _ when ConfigValues.WriterOf(value.GetType()) is { } write => write(value),
            KerasObject o => KerasSerializer.Serialize(o),
            bool b => JsonValue.Create(b),
            int i => JsonValue.Create(i),
            long l => JsonValue.Create(l),
            double d => Number(d, what),
            float f => Number(f, what),
            byte or sbyte or short or ushort or uint => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
            Enum e => JsonValue.Create(e.ToString()),
            string s => JsonValue.Create(s),
            Array { Rank: > 1 } => throw new NotSupportedException(
                $"{what} is an array with several axes, which a configuration cannot hold. Make it an array of arrays (double[][])."
            ),
            IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(v => ToJson(v, what))]),
            _ => throw new NotSupportedException(
                $"{what} has a value of type {value.GetType().Name}, which cannot be written: a configuration holds numbers, "
                    + "booleans, strings, enumerations, objects of Keras, values that bring their own form (IConfigValue), and arrays "
                    + "and lists of these."
            ),
        };

    private static string Argument(string name, Type owner) => $"{owner.Name}: the argument '{name}'";

    private static JsonValue Number(double value, string what) =>
        double.IsFinite(value)
            ? JsonValue.Create(value)
            : throw new NotSupportedException(Invariant($"{what} is {value}, but a configuration holds finite numbers."));
}
