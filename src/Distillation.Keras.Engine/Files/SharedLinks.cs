using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files;

/// <summary>
/// Finds the first places of objects that are in a configuration more than once: Keras gives their numbers to the later places alone. The
/// first place is the first equal object, in the order in which Keras writes, that has no number and is not the first place of another one.
/// </summary>
internal sealed class SharedLinks
{
    private const string Layers = "layers";

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<JsonObject>> _withoutNumber = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _numbered = [];
    private readonly HashSet<long> _everywhere = [];

    private SharedLinks() { }

    /// <summary>Gives the first places their numbers, too.</summary>
    /// <param name="config">The configuration of a model; it changes.</param>
    /// <returns>The numbers for which there is no such place.</returns>
    /// <exception cref="ModelFormatException">Objects of one number differ, or it cannot be told which layer is meant.</exception>
    public static IReadOnlySet<long> Complete(JsonObject config)
    {
        var links = new SharedLinks();
        links.Visit(config);
        return links._everywhere;
    }

    // What equal values have in common, the numbers left out: of objects and lists a short name.
    private string Visit(JsonNode? node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return node switch
        {
            JsonObject o => VisitObject(o),
            JsonArray array => NameOf($"[{string.Join(',', array.Select(Visit))}]"),
            _ => node?.ToJsonString() ?? "null",
        };
    }

    private string VisitObject(JsonObject o)
    {
        // Keras writes the layers of a model before what stands beside them.
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in o.OrderBy(p => p.Key != Layers).Where(p => p.Key != SharedObjects.Key))
        {
            parts[key] = Visit(value);
        }

        if (parts.TryGetValue("class_name", out string? className) && parts.TryGetValue("config", out string? config))
        {
            Place(o, $"{className} {parts.GetValueOrDefault("module")} {config}");
        }

        var text = new StringBuilder("{");
        foreach ((string key, string part) in parts.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            text.Append(JsonValue.Create(key).ToJsonString()).Append(':').Append(part).Append(',');
        }

        return NameOf(text.Append('}').ToString());
    }

    private string NameOf(string text)
    {
        if (!_names.TryGetValue(text, out string? name))
        {
            _names[text] = name = Invariant($"#{_names.Count}");
        }

        return name;
    }

    private void Place(JsonObject o, string content)
    {
        if (SharedObjects.NumberIn(o) is not long number)
        {
            if (!_withoutNumber.TryGetValue(content, out Queue<JsonObject>? alike))
            {
                _withoutNumber[content] = alike = [];
            }

            alike.Enqueue(o);
        }
        else if (_numbered.TryAdd(number, content))
        {
            First(o, content, number);
        }
        else if (_numbered[number] != content)
        {
            throw new ModelFormatException(
                Invariant($"Its configuration has different objects with the {SharedObjects.Key} {number}, which is that of one object.")
            );
        }
    }

    private void First(JsonObject later, string content, long number)
    {
        if (!_withoutNumber.TryGetValue(content, out Queue<JsonObject>? alike) || !alike.TryPeek(out JsonObject? first))
        {
            _everywhere.Add(number);
            return;
        }

        // Of alike values any will do; a layer has weights, which another one that is alike has not.
        if (alike.Count > 1 && LegacyConfig.Text(later["class_name"]) is string className && KerasSerializer.Knows<Layer>(className))
        {
            string name = KerasSerializer.Shorten((later["config"] as JsonObject)?["name"]);
            throw new ModelFormatException(
                Invariant(
                    $"Its models have a layer in common, {name}, but {alike.Count} of their layers are alike, and nothing says which one "
                        + $"it is. Give the layers different names, and save the model again."
                )
            );
        }

        alike.Dequeue();
        first[SharedObjects.Key] = number;
    }
}
