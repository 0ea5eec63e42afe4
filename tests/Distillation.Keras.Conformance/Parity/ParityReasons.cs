using System.Text.Json.Nodes;
using Distillation.Keras.Conformance.Suites;

namespace Distillation.Keras.Conformance.Parity;

/// <summary>
/// Why a public name of Keras is not here, or not the same: <c>parity.json</c>, by the name, or by all names of a module
/// (<c>keras.applications.*</c>). A text is the reason why there is none; an object has a reason for each keyword.
/// </summary>
public sealed class ParityReasons
{
    private readonly JsonObject _reasons;
    private readonly HashSet<string> _used = [];

    /// <summary>Reads the reasons.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FixtureException">It is no object of texts and of objects of texts.</exception>
    public ParityReasons(string path)
        : this(JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new FixtureException($"'{path}' is no JSON object.")) { }

    /// <summary>The reasons as they are.</summary>
    /// <param name="reasons">By name.</param>
    public ParityReasons(JsonObject reasons) => _reasons = reasons;

    /// <summary>Those that nobody asked for, and so excuse nothing.</summary>
    public IEnumerable<string> Unused =>
        _reasons.SelectMany(r => r.Value is JsonObject o ? o.Select(k => $"{r.Key} {k.Key}") : [r.Key]).Where(r => !_used.Contains(r));

    /// <summary>Why there is none of a name; null where nobody said.</summary>
    public string? OfAbsence(string name)
    {
        foreach (string key in (string[])[name, $"{name[..name.LastIndexOf('.')]}.*"])
        {
            if (_reasons[key] is JsonValue text)
            {
                _used.Add(key);
                return text.ToString();
            }
        }

        return null;
    }

    /// <summary>Why a keyword of a name is not Keras'; null where nobody said.</summary>
    public string? OfDifference(string name, KeywordDifference difference)
    {
        if (_reasons[name] is JsonObject keywords && keywords[difference.Keyword] is JsonValue text)
        {
            _used.Add($"{name} {difference.Keyword}");
            return text.ToString();
        }

        return null;
    }
}
