using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance;

/// <summary>Numbers of the fixtures' JSON, where those that are not finite are strings.</summary>
public static class JsonNumbers
{
    /// <summary>The number that a node holds; "nan", "inf" and "-inf" count as numbers.</summary>
    /// <exception cref="FixtureException">It is not a number.</exception>
    public static double Number(this JsonNode? node) =>
        TryNumber(node, out double number)
            ? number
            : throw new FixtureException($"A number was expected, but the fixture has {node?.ToJsonString() ?? "null"}.");

    /// <summary>Whether a node is a number (or one of the three strings), and which.</summary>
    public static bool TryNumber(JsonNode? node, out double number)
    {
        number = double.NaN;
        if (node is not JsonValue value)
        {
            return false;
        }

        if (value.TryGetValue(out string? text))
        {
            number = text switch
            {
                "inf" or "Infinity" => double.PositiveInfinity,
                "-inf" or "-Infinity" => double.NegativeInfinity,
                _ => double.NaN,
            };
            return text is "nan" or "NaN" || double.IsInfinity(number);
        }

        if (value.TryGetValue(out long l))
        {
            number = l;
            return true;
        }

        if (value.TryGetValue(out int i))
        {
            number = i;
            return true;
        }

        return value.TryGetValue(out number);
    }

    /// <summary>A list of numbers.</summary>
    /// <exception cref="FixtureException">It is not a list of numbers.</exception>
    public static double[] Numbers(this JsonNode? node) =>
        node is JsonArray list
            ? [.. list.Select(Number)]
            : throw new FixtureException($"A list of numbers was expected, but the fixture has {node?.ToJsonString() ?? "null"}.");

    /// <summary>A string.</summary>
    /// <exception cref="FixtureException">It is not a string.</exception>
    public static string Text(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text)
            ? text
            : throw new FixtureException($"A string was expected, but the fixture has {node?.ToJsonString() ?? "null"}.");
}
