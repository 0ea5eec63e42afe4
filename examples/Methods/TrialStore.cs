using System.Globalization;
using System.Text.Json;
using Examples.Common;

namespace Methods;

/// <summary>
/// Finished fits in a file, so that a run that was stopped goes on. The file's name tells the data, the epochs and which teacher it was;
/// others have files of their own. Who changes a method gives another folder, or takes its fits out of the file.
/// </summary>
internal sealed class TrialStore
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly OutputFolder _folder;
    private readonly string _name;
    private readonly List<Trial> _trials;

    /// <summary>Opens the file of these settings, or begins one.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public TrialStore(OutputFolder folder, string settings)
    {
        _folder = folder;
        _name = settings + ".json";
        folder.RefuseUnwritable(_name);
        string path = folder.PathOf(_name);
        _trials = File.Exists(path) ? Read(path) : [];
    }

    /// <summary>Refuses the files of these settings that no run can go on from, whatever the teacher will be.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="settings">How their names begin.</param>
    /// <exception cref="InvalidDataException">One holds something else.</exception>
    public static void RefuseUnreadable(OutputFolder folder, string settings)
    {
        foreach (string path in Directory.EnumerateFiles(folder.PathOf("."), settings + "-*.json"))
        {
            folder.RefuseUnwritable(Path.GetFileName(path));
            Read(path);
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
        _folder.Put(_name, JsonSerializer.Serialize(_trials, Indented));
    }

    private static List<Trial> Read(string path)
    {
        try
        {
            List<Trial?>? trials = JsonSerializer.Deserialize<List<Trial?>>(File.ReadAllText(path));
            return
                trials is not null
                && trials.TrueForAll(t => t is { IsComplete: true })
                && trials.DistinctBy(t => (t!.Method, t.Seed)).Count() == trials.Count
                ? trials.ConvertAll(t => t!)
                : throw new InvalidDataException(
                    "Finished fits are kept as a list in JSON, each once, with its method, seed, accuracy, agreement and times, but "
                        + $"{path} holds another entry. Remove it to begin anew."
                );
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Finished fits are kept as a list in JSON, but {path} holds something else, from line {(e.LineNumber ?? 0) + 1} on. "
                        + $"Remove it to begin anew."
                ),
                e
            );
        }
    }
}
