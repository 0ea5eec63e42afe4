using Distillation.Keras.Conformance;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>The copies of the fixture files that lie beside the tests.</summary>
internal static class FixtureFiles
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static string[] All { get; } = [.. FixtureForm.Files.Keys.Where(f => File.Exists(Path.Combine(Folder, FixtureForm.Files[f])))];

    public static string[] WithSuite { get; } = [.. All.Intersect(Runner.Default.Supported)];

    public static Fixture Load(string file) => Fixture.Load(file, Path.Combine(Folder, FixtureForm.Files[file]));
}
