using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>Runs the cases of fixture files.</summary>
/// <param name="suites">The suites, one a file.</param>
/// <param name="known">The differences on purpose.</param>
public sealed class Runner(IEnumerable<ISuite> suites, KnownDifferences known)
{
    private static readonly Lazy<Runner> Made = new(() =>
        new Runner(FindSuites(), KnownDifferences.Load(Path.Combine(AppContext.BaseDirectory, "known.json")))
    );

    private readonly Dictionary<string, ISuite> _suites = suites.ToDictionary(s => s.File);

    // TorchSharp may be asked for before anything of the engine runs, and the engine is what makes it load.
    static Runner() => NativeLibraries.EnsureLoaded();

    /// <summary>A runner with all suites of this program and its own list of known differences.</summary>
    public static Runner Default => Made.Value;

    /// <summary>The differences on purpose.</summary>
    public KnownDifferences Known { get; } = known;

    /// <summary>The files that there is a suite for.</summary>
    public IEnumerable<string> Supported => _suites.Keys;

    /// <summary>Runs one file.</summary>
    /// <param name="fixture">The file.</param>
    /// <param name="only">The one case to run, or null for all.</param>
    /// <returns>One result for each case of the file, whether a suite knows it or not.</returns>
    public IReadOnlyList<CaseResult> Run(Fixture fixture, string? only = null)
    {
        if (!_suites.TryGetValue(fixture.Name, out ISuite? suite))
        {
            return
            [
                .. fixture
                    .CaseNames.Where(n => only is null || n == only)
                    .Select(n => new CaseResult(
                        fixture.Name,
                        n,
                        CaseState.Unsupported,
                        null,
                        "",
                        $"the library does not have what the file '{fixture.Name}' is about yet"
                    )),
            ];
        }

        Dictionary<string, FixtureCase> cases;
        try
        {
            cases = suite.Cases(fixture).ToDictionary(c => c.Name);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return
            [
                .. fixture
                    .CaseNames.Where(n => only is null || n == only)
                    .Select(n => new CaseResult(
                        fixture.Name,
                        n,
                        CaseState.Failed,
                        null,
                        "",
                        "the cases of the file cannot be listed: " + Describe(e)
                    )),
            ];
        }

        var results = new List<CaseResult>();
        foreach (FixtureEntry entry in fixture.All.Where(e => only is null || e.Name == only))
        {
            results.Add(
                cases.Remove(entry.Name, out FixtureCase? one)
                    ? Run(fixture, entry, one)
                    : new CaseResult(fixture.Name, entry.Name, CaseState.Failed, null, "", "the suite does not run this case")
            );
        }

        return only is null && cases.Count > 0
            ? throw new InvalidOperationException(
                $"The suite for '{fixture.Name}' has cases that the file has not: {string.Join(", ", cases.Keys)}."
            )
            : results;
    }

    private static IEnumerable<ISuite> FindSuites() =>
        typeof(Runner)
            .Assembly.GetTypes()
            .Where(t => !t.IsAbstract && typeof(ISuite).IsAssignableFrom(t))
            .Select(t => (ISuite)Activator.CreateInstance(t)!);

    private static string Describe(Exception e) => e is FixtureException ? e.Message : $"{e.GetType().Name}: {e.Message}";

    private CaseResult Run(Fixture fixture, FixtureEntry entry, FixtureCase one)
    {
        var check = new Check();
        CaseResult Result(CaseState state, string why) => new(fixture.Name, entry.Name, state, check.Worst, check.Where, why);
        using DisposeScope scope = NewDisposeScope();
        fixture.BeginCase();
        try
        {
            one.Run(check);
            if (check.Differences.Count == 0)
            {
                if (fixture.Unused(entry) is { Count: > 0 } unused)
                {
                    check.Differ(unused[0], $"not compared, as are {unused.Count - 1} more arrays of the case");
                }
                else if (check.Comparisons == 0 && check.KnownReason is null)
                {
                    check.Differ("", "the suite compared nothing");
                }
            }
        }
        catch (UnsupportedException e)
        {
            return Result(CaseState.Unsupported, e.Message);
        }
        catch (FixtureException e)
        {
            return Result(CaseState.Failed, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            check.Differ("exception", Describe(e));
        }

        if (check.KnownReason is string reason && !Known.Contains(fixture.Name, entry.Name))
        {
            check.Differ(
                "known",
                $"the suite calls this a known difference ({reason}), but known.json does not list '{fixture.Name}/{entry.Name}'"
            );
        }

        if (check.Differences.Count == 0 && check.KnownReason is null)
        {
            return Result(CaseState.Passed, "");
        }

        string all =
            string.Join("; ", check.Differences.Take(3)) + (check.Differences.Count > 3 ? $"; and {check.Differences.Count - 3} more" : "");
        return Known.ReasonFor(fixture.Name, entry.Name, check.Differences) is string listed
            ? Result(CaseState.Known, listed)
            : Result(CaseState.Failed, all);
    }
}
