using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>Writes an object's configuration from the properties that keep its constructor's arguments.</summary>
internal static class ConfigWriter
{
    // What is larger is written with an exponent, which no integer has.
    private const double LargestWithFraction = 1e15;

    // Keras writes these first, whatever the order of the arguments; a penalty on what a layer computes where it has one.
    private static readonly string[] First = ["name", "trainable", "dtype", "activity_regularizer"];

    public static JsonObject Write(KerasObject value)
    {
        var config = new JsonObject();
        Type type = value.GetType();
        ConfigMember[] members = ConfigMember.Of(type);

        string[] optional = [.. type.GetCustomAttributes<ConfigOptionalAttribute>(inherit: true).SelectMany(a => a.Keys)];
        IReadOnlyList<string> unwritten = type.GetCustomAttribute<ConfigUnwrittenAttribute>(inherit: true)?.Keys ?? [];
        (string Key, object? Value)[] arguments =
        [
            .. InheritedKey.Of(type, members).Select(k => (k.Key, Value: k.ValueOf(value))).Where(a => a.Value is not null),
            .. members
                .Select(m => (m.Key, Value: AsInPython(m, FSharpOptions.Unwrap(m.Property.GetValue(value)))))
                .Where(a => (a.Value is not null || !optional.Contains(a.Key)) && !unwritten.Contains(a.Key)),
        ];
        ILookup<bool, (string Key, object? Value)> isLast = arguments.ToLookup(a => optional.Contains(a.Key) && !First.Contains(a.Key));
        foreach ((string key, object? argument) in isLast[false].OrderBy(a => Place(a.Key, a.Value)))
        {
            config[key] = ToJson(argument, Argument(key, type));
        }

        foreach (ConfigValueAttribute constant in type.GetCustomAttributes<ConfigValueAttribute>(inherit: true))
        {
            config[constant.Key] = JsonNode.Parse(constant.Value);
        }

        foreach ((string key, object? argument) in isLast[true])
        {
            config[key] = ToJson(argument, Argument(key, type));
        }

        ConfigNullAttribute.Write(type, config);
        return config;
    }

    private static object? AsInPython(ConfigMember member, object? value) =>
        !member.IsWholeNumber ? value
        : value is double number ? Whole(number)
        : value is IEnumerable<double> list ? Array.ConvertAll([.. list], Whole)
        : value;

    private static object Whole(double value) => HasNoFraction(value) ? (object)(long)value : value;

    private static bool HasNoFraction(double value) => Math.Abs(value) < LargestWithFraction && Math.Truncate(value) == value;

    private static int Place(string key, object? value)
    {
        int place = Array.IndexOf(First, key);
        return place < 0 || (value is null && place == First.Length - 1) ? First.Length : place;
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

    /// <summary>
    /// A number with a fraction, also where it is whole: Python takes 1 for an integer, which Keras refuses as a rate and in which its
    /// schedules would compute.
    /// </summary>
    public static JsonValue Real(double value) =>
        HasNoFraction(value) ? (JsonValue)JsonNode.Parse(value.ToString("0.0", CultureInfo.InvariantCulture))! : JsonValue.Create(value);

    private static JsonValue Number(double value, string what) =>
        double.IsFinite(value)
            ? Real(value)
            : throw new NotSupportedException(Invariant($"{what} is {value}, but a configuration holds finite numbers."));

    private static string Argument(string name, Type owner) => $"{owner.Name}: the argument '{name}'";
}
