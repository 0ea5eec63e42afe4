using System.Text.Json;
using Examples.Common;

namespace Methods;

/// <summary>
/// Finished fits in a file, so that a run that was stopped goes on. The file's name tells the data, the epochs and which teacher it was; others have files of their own. Who changes a method gives another
/// folder, or takes its fits out of the file.
/// </summary>
internal sealed class TrialStore
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly string _path;
    private readonly List<Trial> _trials;

    /// <summary>Opens the file of these settings, or begins one.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public TrialStore(string folder, string settings)
    {
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, settings + ".json");
        try
        {
            _trials = File.Exists(_path) ? JsonSerializer.Deserialize<List<Trial>>(File.ReadAllText(_path)) ?? [] : [];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Finished fits are kept as a list in JSON, but {_path} holds something else ({e.Message}). Remove it to begin anew.", e);
        }
    }

    /// <summary>All fits.</summary>
    public IReadOnlyList<Trial> Trials => _trials;

    /// <summary>A finished fit, or <see langword="null"/>.</summary>
    public Trial? Find(string method, int seed) => _trials.Find(t => t.Method == method && t.Seed == seed);

    /// <summary>Keeps a finished fit.</summary>
    public void Add(Trial trial)
    {
        _trials.Add(trial);
        OutputFile.Write(_path, JsonSerializer.Serialize(_trials, Indented));
    }
}
