using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance;

/// <summary>Compares JSON values as Keras' configurations mean them.</summary>
public static class JsonDifference
{
    /// <summary>
    /// The first place where two values differ, or null. Numbers are equal when their float32 values are; 1 and 1.0 are the same number.
    /// </summary>
    public static string? Find(JsonNode? actual, JsonNode? expected, string path = "")
    {
        switch (actual, expected)
        {
            case (null, null):
                return null;
            case (JsonObject a, JsonObject e):
                foreach ((string key, JsonNode? value) in e)
                {
                    if (!a.TryGetPropertyValue(key, out JsonNode? mine))
                    {
                        return $"{path}/{key} is missing, expected {Show(value)}";
                    }

                    if (Find(mine, value, $"{path}/{key}") is string difference)
                    {
                        return difference;
                    }
                }

                return a.Select(p => p.Key).FirstOrDefault(k => !e.ContainsKey(k)) is string extra
                    ? $"{path}/{extra} is {Show(a[extra])}, but Keras has no such key"
                    : null;
            case (JsonArray a, JsonArray e):
                return a.Count != e.Count
                    ? $"{path} has {a.Count} entries, expected {e.Count}: {Show(actual)}, expected {Show(expected)}"
                    : e.Select((n, i) => Find(a[i], n, $"{path}[{i}]")).FirstOrDefault(d => d is not null);
            case (JsonValue a, JsonValue e):
                return SameValue(a, e) ? null : $"{path} is {Show(actual)}, expected {Show(expected)}";
            default:
                return $"{path} is {Show(actual)}, expected {Show(expected)}";
        }
    }

    private static bool SameValue(JsonValue a, JsonValue e) =>
        a.GetValueKind() == e.GetValueKind()
            ? a.GetValueKind() != System.Text.Json.JsonValueKind.Number
                ? JsonNode.DeepEquals(a, e)
                : SameNumber(a.Number(), e.Number())
            : JsonNumbers.TryNumber(a, out double x) && JsonNumbers.TryNumber(e, out double y) && x.Equals(y);

    private static bool SameNumber(double a, double e) => a.Equals(e) || ((float)a).Equals((float)e);

    private static string Show(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= 120 ? text : text[..117] + "...";
    }
}
