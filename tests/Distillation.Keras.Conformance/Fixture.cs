using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>One fixture file: its JSON and its arrays. It remembers which arrays a case has used, so that none goes uncompared.</summary>
public sealed class Fixture
{
    private readonly Lazy<IReadOnlyDictionary<string, NpyArray>> _arrays;
    private readonly HashSet<string> _used = [];

    /// <summary>A fixture from its parts.</summary>
    public Fixture(string name, JsonObject json, IReadOnlyDictionary<string, NpyArray> arrays)
        : this(name, json, new Lazy<IReadOnlyDictionary<string, NpyArray>>(arrays)) { }

    private Fixture(string name, JsonObject json, Lazy<IReadOnlyDictionary<string, NpyArray>> arrays, string folder = "")
    {
        Name = name;
        Json = json;
        Folder = folder;
        _arrays = arrays;
        All = FixtureForm.Entries(name, json);
    }

    /// <summary>The file's name without its extension, such as <c>losses</c>.</summary>
    public string Name { get; }

    /// <summary>The whole JSON. Not to be changed.</summary>
    public JsonObject Json { get; }

    /// <summary>The folder that the file lies in; empty for a fixture made in memory.</summary>
    public string Folder { get; }

    /// <summary>All cases: the entries of <c>cases</c> and of the extras, in the order of the JSON.</summary>
    public IReadOnlyList<FixtureEntry> All { get; }

    /// <summary>The names of all cases.</summary>
    public IEnumerable<string> CaseNames => All.Select(e => e.Name);

    /// <summary>All arrays by name.</summary>
    public IReadOnlyDictionary<string, NpyArray> Arrays => _arrays.Value;

    /// <summary>Reads <c>X.json</c> and, when an array is first asked for, <c>X.npz</c>.</summary>
    /// <exception cref="FixtureException">The file is not in the promised form.</exception>
    public static Fixture Load(string name, string path)
    {
        JsonObject json;
        try
        {
            json =
                JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? throw new FixtureException($"{path} does not hold a JSON object.");
        }
        catch (JsonException e)
        {
            throw new FixtureException($"{path} is not JSON: {e.Message}", e);
        }

        string npz = Path.ChangeExtension(path, ".npz");
        return new Fixture(
            name,
            json,
            new Lazy<IReadOnlyDictionary<string, NpyArray>>(() =>
                File.Exists(npz) ? NpzArchive.Read(npz) : new Dictionary<string, NpyArray>()
            ),
            Path.GetDirectoryName(path)!
        );
    }

    /// <summary>The entries of one extra, such as <c>errors</c>; or, for <c>cases</c>, those that belong to no extra.</summary>
    public IEnumerable<FixtureEntry> Entries(string extra) => All.Where(e => e.Extra == extra);

    /// <summary>
    /// Whether there is an array of that name. Ask only where the form leaves it open; an array that must be there is asked for with
    /// <see cref="Array"/>.
    /// </summary>
    public bool Has(string array) => Arrays.ContainsKey(array);

    /// <summary>The array as a new tensor of its own type, in the ambient dispose scope.</summary>
    /// <param name="array">Its whole name, such as <c>cce_hard/y_true</c>.</param>
    /// <exception cref="FixtureException">There is none: the case fails.</exception>
    public Tensor Array(string array)
    {
        if (!Arrays.TryGetValue(array, out NpyArray? found))
        {
            throw new FixtureException($"The array '{array}' is missing from {Name}.npz.");
        }

        _used.Add(array);
        return found.ToTensor();
    }

    /// <summary>Forgets which arrays were used.</summary>
    internal void BeginCase() => _used.Clear();

    /// <summary>The arrays of a case that nothing has used since <see cref="BeginCase"/>.</summary>
    internal IReadOnlyList<string> Unused(FixtureEntry entry)
    {
        // An identifier may be called like a case; the arrays are the case's.
        if (entry.Extra != "cases" && All.Any(e => e.Extra == "cases" && e.Key == entry.Key))
        {
            return [];
        }

        string prefix = entry.Key + "/";
        return
        [
            .. Arrays.Keys.Where(a => a.StartsWith(prefix, StringComparison.Ordinal) && !_used.Contains(a)).Order(StringComparer.Ordinal),
        ];
    }
}
