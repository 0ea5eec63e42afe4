using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>
/// Reads .NET's own numbers, booleans and strings. An integer may be written as <c>3.0</c> and a boolean as <c>1</c>, as Python does.
/// </summary>
/// <remarks>
/// What is none is a <see cref="FormatException"/>, an <see cref="InvalidOperationException"/> or an <see cref="OverflowException"/>.
/// Thread-safe.
/// </remarks>
internal static class ConfigPrimitives
{
    /// <summary>What reads a value of each type.</summary>
    public static FrozenDictionary<Type, Func<JsonNode, object>> Readers { get; } =
        new Dictionary<Type, Func<JsonNode, object>>
        {
            [typeof(bool)] = static node => Truth(node),
            [typeof(string)] = static node =>
                node is JsonValue
                    ? node.GetValue<string>()
                    : throw new FormatException($"A string is expected, but there is {KerasSerializer.Shorten(node)}."),
            [typeof(double)] = static node => Real(node),
            [typeof(float)] = static node => (float)Real(node),
            [typeof(int)] = static node => Integer(node),
            [typeof(long)] = static node => Whole(node),
            [typeof(byte)] = Narrowed<byte>,
            [typeof(sbyte)] = Narrowed<sbyte>,
            [typeof(short)] = Narrowed<short>,
            [typeof(ushort)] = Narrowed<ushort>,
            [typeof(uint)] = Narrowed<uint>,
        }.ToFrozenDictionary();

    /// <summary>An integer.</summary>
    public static int Integer(JsonNode? node) => checked((int)Whole(node));

    /// <summary>An integer of 64 bits.</summary>
    public static long Long(JsonNode? node) => Whole(node);

    /// <summary>A list of integers.</summary>
    public static int[] Integers(JsonNode node) => [.. node.AsArray().Select(Integer)];

    /// <summary>A number.</summary>
    public static double Real(JsonNode? node)
    {
        JsonValue value = ValueOf(node, "A number");
        return value.TryGetValue(out double d) ? d
            : value.TryGetValue(out long l) ? l
            : value.GetValue<int>();
    }

    /// <summary>A list of numbers.</summary>
    public static double[] Reals(JsonNode node) => [.. node.AsArray().Select(Real)];

    // Python writes what it was given, and to it 0 and 1 are booleans.
    private static bool Truth(JsonNode? node)
    {
        JsonValue value = ValueOf(node, "A boolean");
        return value.TryGetValue(out bool b)
            ? b
            : Whole(node) switch
            {
                0 => false,
                1 => true,
                long number => throw new FormatException(Invariant($"A boolean is expected, but there is {number}.")),
            };
    }

    private static long Whole(JsonNode? node)
    {
        JsonValue value = ValueOf(node, "An integer");
        if (value.TryGetValue(out long l))
        {
            return l;
        }

        if (value.TryGetValue(out int i))
        {
            return i;
        }

        double d = value.GetValue<double>();
        return d == Math.Floor(d) ? checked((long)d) : throw new FormatException(Invariant($"An integer is expected, but there is {d}."));
    }

    private static object Narrowed<T>(JsonNode node)
        where T : struct => System.Convert.ChangeType(Whole(node), typeof(T), CultureInfo.InvariantCulture);

    private static JsonValue ValueOf(JsonNode? node, string what) =>
        node as JsonValue ?? throw new FormatException($"{what} is expected, but there is {KerasSerializer.Shorten(node)}.");
}
