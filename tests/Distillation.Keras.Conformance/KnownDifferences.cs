using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance;

/// <summary>
/// The differences on purpose, read from <c>known.json</c>: <c>{"FILE/CASE": "reason"}</c>, or <c>{"FILE/CASE": {"where": ["call"],
/// "reason": "..."}}</c> where only differences in these places are meant (none: the suite takes the difference into account); any other
/// one in the case is a failure all the same.
/// </summary>
public sealed class KnownDifferences
{
    private readonly Dictionary<string, Entry> _entries;

    private KnownDifferences(Dictionary<string, Entry> entries) => _entries = entries;

    /// <summary>The names of the cases, <c>FILE/CASE</c>, with their reasons.</summary>
    public IEnumerable<KeyValuePair<string, string>> Reasons => _entries.Select(e => KeyValuePair.Create(e.Key, e.Value.Reason));

    /// <summary>Reads the list.</summary>
    /// <exception cref="FixtureException">It is not in the form above.</exception>
    public static KnownDifferences Load(string path)
    {
        try
        {
            return Parse(
                JsonNode.Parse(File.ReadAllBytes(path), null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })
            );
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new FixtureException($"The list of known differences, {path}, cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The list as JSON has it.</summary>
    /// <exception cref="FixtureException">It is not in the form above.</exception>
    public static KnownDifferences Parse(JsonNode? node)
    {
        if (node is not JsonObject o)
        {
            throw new FixtureException("The list of known differences is a JSON object of \"FILE/CASE\": \"reason\".");
        }

        var entries = new Dictionary<string, Entry>();
        foreach ((string name, JsonNode? value) in o)
        {
            Entry entry = value is JsonObject detail
                ? new Entry(detail["reason"].Text(), (detail["where"] as JsonArray)?.Select(n => n.Text()).ToArray())
                : new Entry(value.Text(), null);
            if (string.IsNullOrWhiteSpace(entry.Reason))
            {
                throw new FixtureException($"The known difference '{name}' has no reason.");
            }

            entries.Add(name, entry);
        }

        return new KnownDifferences(entries);
    }

    /// <summary>Whether a case is listed.</summary>
    public bool Contains(string file, string name) => _entries.ContainsKey($"{file}/{name}");

    /// <summary>The reason for all these differences of a case; null where the case is not listed or differs elsewhere too.</summary>
    public string? ReasonFor(string file, string name, IEnumerable<Difference> differences) =>
        _entries.TryGetValue($"{file}/{name}", out Entry? entry)
        && (entry.Where is null || differences.All(d => entry.Where.Contains(d.Where)))
            ? entry.Reason
            : null;

    private sealed record Entry(string Reason, string[]? Where);
}
