using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance;

/// <summary>
/// What counts as a case in a fixture file: an entry of <c>cases</c>, and each entry of the extras. The rule is the same whether a suite
/// exists or not, so that no case can go uncounted.
/// </summary>
public static class FixtureForm
{
    private static readonly string[] Extras =
    [
        "errors",
        "identifiers",
        "functional",
        "resolution",
        "history",
        "objects",
        "targets_seen_in_fit",
        "utils",
        "random_layers",
        "seeds",
        "square_weight",
        "empty_result",
    ];

    /// <summary>
    /// The files that there can be, with their place in the folder; a file stands for itself and the <c>.npz</c> of the same name.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Files { get; } =
        new Dictionary<string, string>
        {
            ["activations"] = "activations.json",
            ["callbacks"] = "callbacks.json",
            ["constraints"] = "constraints.json",
            ["distillation"] = "distillation.json",
            ["errors"] = "errors.json",
            ["initializers"] = "initializers.json",
            ["keras_api"] = "keras_api.json",
            ["layers"] = "layers.json",
            ["losses"] = "losses.json",
            ["metrics"] = "metrics.json",
            ["notebook"] = "notebook.json",
            ["optimizers"] = "optimizers.json",
            ["preprocessing"] = "preprocessing.json",
            ["schedules"] = "schedules.json",
            ["training"] = "training.json",
            ["models"] = "models/models.json",
            ["refuse"] = "models/refuse/refuse.json",
            ["onnx"] = "onnx/onnx.json",
            ["goldens"] = "goldens.json",
        };

    /// <summary>All cases of a file, in the order of the JSON, under names that are unique in the file.</summary>
    public static IReadOnlyList<FixtureEntry> Entries(string file, JsonObject json)
    {
        IEnumerable<FixtureEntry> entries = file switch
        {
            "models" or "refuse" => Named(json, ""),
            "onnx" => Named(json["models"], ""),
            "goldens" => Named(json["files"], ""),
            "keras_api" => Named(json["entries"], ""),
            "notebook" => json.Where(p => p.Value is JsonObject && p.Key.StartsWith("student_", StringComparison.Ordinal))
                .Select(p => new FixtureEntry(p.Key, p.Key, p.Value))
                .Prepend(new FixtureEntry("teacher", "teacher", json["teacher_model"])),
            _ => Named(json["cases"], "").Concat(Extras.Where(json.ContainsKey).SelectMany(extra => OfExtra(json, extra))),
        };
        return Unique(entries);
    }

    private static IEnumerable<FixtureEntry> OfExtra(JsonObject json, string extra) =>
        json[extra] is JsonObject single && single.ContainsKey("arrays")
            ? [new FixtureEntry(extra, extra, single, extra)]
            : Named(json[extra], extra + "/").Select(e => e with { Extra = extra });

    private static IEnumerable<FixtureEntry> Named(JsonNode? node, string prefix) =>
        node switch
        {
            JsonObject o => o.SelectMany(p =>
                p.Value is JsonArray list && list.All(n => n is JsonObject)
                    ? Named(list, $"{prefix}{p.Key}/")
                    : [new FixtureEntry(prefix + p.Key, p.Key, p.Value)]
            ),
            JsonArray list => list.Select((n, i) => (Key: KeyOf(n, i), Node: n))
                .Select(e => new FixtureEntry(prefix + e.Key, e.Key, e.Node)),
            _ => [],
        };

    private static string KeyOf(JsonNode? node, int index)
    {
        if (node is not JsonObject o)
        {
            return $"#{index}";
        }

        foreach (string key in (string[])["name", "identifier", "given"])
        {
            if (o[key] is JsonValue value)
            {
                return value.ToString();
            }
        }

        if (o["what"] is JsonValue what)
        {
            string text = what.ToString();
            foreach (string key in (string[])["function", "kind"])
            {
                text = o[key] is JsonValue value ? $"{value}: {text}" : text;
            }

            return o.ContainsKey("y_true") ? $"{text} {o["y_true"]?.ToJsonString()} {o["y_pred"]?.ToJsonString()}" : text;
        }

        return o["callback"] is JsonValue callback ? $"{callback}({Arguments(o["arguments"])}) {o["sequence"]}"
            : o["layer"] is JsonValue layer ? $"{layer}({Arguments(o["args"])})"
            : $"#{index}";
    }

    private static string Arguments(JsonNode? node) =>
        node is JsonObject o ? string.Join(", ", o.Select(p => $"{p.Key}={p.Value?.ToJsonString() ?? "null"}")) : "";

    private static List<FixtureEntry> Unique(IEnumerable<FixtureEntry> entries)
    {
        var result = new List<FixtureEntry>();
        var seen = new Dictionary<string, int>();
        foreach (FixtureEntry entry in entries)
        {
            int count = seen[entry.Name] = seen.GetValueOrDefault(entry.Name) + 1;
            result.Add(count == 1 ? entry : entry with { Name = $"{entry.Name} ({count})" });
        }

        return result;
    }
}
