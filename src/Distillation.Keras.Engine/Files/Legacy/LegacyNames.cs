using System.Text.Json.Nodes;

namespace Distillation.Keras.Files.Legacy;

/// <summary>
/// Layers' names with a slash, which Keras 2 takes and Keras 3 does not: there it separates the parts of a weight's path.
/// </summary>
internal static class LegacyNames
{
    /// <summary>A model whose layers have an underscore instead of each slash, wherever they are named.</summary>
    public static JsonObject WithoutSlashes(JsonObject model) =>
        Renamed(model) is { Count: > 0 } renamed ? (JsonObject)Renamed(model, renamed)! : model;

    /// <summary>The layers whose names have slashes, and what they are called instead.</summary>
    public static Dictionary<string, string> Renamed(JsonObject model)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Collect(model, names);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in (string[])[.. names.Where(n => n.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal)])
        {
            string plain = name.Replace('/', '_');
            string unused = plain;
            for (int i = 1; !names.Add(unused); i++)
            {
                unused = Invariant($"{plain}_{i}");
            }

            renamed[name] = unused;
        }

        return renamed;
    }

    private static void Collect(JsonNode? node, HashSet<string> names)
    {
        switch (node)
        {
            case JsonObject o:
                if (o["config"] is JsonObject config && LegacyConfig.Text(config["name"]) is string name)
                {
                    names.Add(name);
                }

                foreach ((string _, JsonNode? value) in o)
                {
                    Collect(value, names);
                }

                break;
            case JsonArray all:
                foreach (JsonNode? value in all)
                {
                    Collect(value, names);
                }

                break;
        }
    }

    private static JsonNode? Renamed(JsonNode? node, Dictionary<string, string> names) =>
        node switch
        {
            JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Renamed(p.Value, names)))),
            JsonArray all => new JsonArray([.. all.Select(n => Renamed(n, names))]),
            _ when LegacyConfig.Text(node) is string text && names.TryGetValue(text, out string? name) => JsonValue.Create(name),
            _ => node?.DeepClone(),
        };
}
