using System.Collections.Concurrent;
using Distillation.Keras.Conformance;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>The copies of the fixture files that lie beside the tests.</summary>
internal static class FixtureFiles
{
    private static readonly ConcurrentDictionary<string, Lazy<(Fixture Fixture, IReadOnlyList<CaseResult> Results)>> Ran = [];

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static string[] All { get; } = [.. FixtureForm.Files.Keys.Where(f => File.Exists(Path.Combine(Folder, FixtureForm.Files[f])))];

    public static string[] WithSuite { get; } = [.. All.Intersect(Runner.Default.Supported)];

    /// <summary>The file and what its cases gave, run at the first call and kept: each case runs once.</summary>
    public static (Fixture Fixture, IReadOnlyList<CaseResult> Results) Run(string file) =>
        Ran.GetOrAdd(
            file,
            static name =>
                new(() =>
                {
                    Fixture fixture = Load(name);
                    return (fixture, Runner.Default.Run(fixture));
                })
        ).Value;

    public static Fixture Load(string file) => Fixture.Load(file, Path.Combine(Folder, FixtureForm.Files[file]));
}
