using System.Text.Json.Nodes;
using Distillation.Keras.Conformance.Suites;

namespace Distillation.Keras.Conformance.Parity;

/// <summary>
/// Why a public name of Keras is not here, or not the same: <c>parity.json</c>, by the name, or by all names of a module that is left out
/// (<c>keras.applications.*</c>). A text is the reason for a whole name; an object has a reason for each keyword, and for methods
/// (<c>fit()</c>) and properties (<c>.losses</c>); one with <c>here</c> says what stands for the name under another one, and <c>why</c>.
/// </summary>
public sealed class ParityReasons
{
    // What a class has of another one, has that one's reasons too.
    private static readonly Dictionary<string, string> Bases = new()
    {
        ["keras.callbacks.History"] = "keras.callbacks.Callback",
        ["keras.layers.Input"] = "keras.layers.InputLayer",
        ["keras.models.Sequential"] = "keras.models.Model",
        ["keras.models.Model"] = "keras.layers.Layer",
    };

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
    public string? OfAbsence(string name) => OfWhole(name) ?? Text($"{name[..name.LastIndexOf('.')]}.*");

    /// <summary>Why what stands for a name is another thing as a whole; null where nobody said.</summary>
    public string? OfWhole(string name) => Text(name);

    /// <summary>What stands for a name under another name, and why; null where nobody said.</summary>
    public (string Here, string Why)? Elsewhere(string name)
    {
        if (_reasons[name] is not JsonObject o || o["here"] is not JsonValue here || o["why"] is not JsonValue why)
        {
            return null;
        }

        _used.Add($"{name} here");
        _used.Add($"{name} why");
        return (here.ToString(), why.ToString());
    }

    /// <summary>Why a keyword of a name is not Keras'; null where nobody said.</summary>
    public string? OfDifference(string name, KeywordDifference difference)
    {
        for (string? owner = name; owner is not null; owner = Bases.GetValueOrDefault(owner))
        {
            if (_reasons[owner] is JsonObject keywords && keywords[difference.Keyword] is JsonValue text)
            {
                _used.Add($"{owner} {difference.Keyword}");
                return text.ToString();
            }
        }

        return null;
    }

    private string? Text(string key)
    {
        if (_reasons[key] is not JsonValue text)
        {
            return null;
        }

        _used.Add(key);
        return text.ToString();
    }
}
