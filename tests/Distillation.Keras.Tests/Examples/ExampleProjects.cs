namespace Distillation.Keras.Tests.Examples;

/// <summary>The examples that there are: all folders of <c>examples</c> but what they share.</summary>
internal static class ExampleProjects
{
    private const string Shared = "Common";

    /// <summary>Their folder.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "examples");

    /// <summary>The names of the programs.</summary>
    public static IEnumerable<string> Names => Folders(Folder).Select(f => Path.GetFileName(f)).Where(n => n != Shared);

    /// <summary>What is not of the form <c>NAME/NAME.csproj</c> or <c>NAME/NAME.fsproj</c>, one project a folder.</summary>
    /// <param name="examples">The folder to look at.</param>
    public static IReadOnlyList<string> Misplaced(string examples)
    {
        var wrong = new List<string>();
        wrong.AddRange(Directory.EnumerateFiles(examples, "*.*proj").Select(p => $"{Path.GetFileName(p)} is in no folder of its own"));
        foreach (string folder in Folders(examples))
        {
            string name = Path.GetFileName(folder);
            string[] projects =
            [
                .. Directory
                    .EnumerateFiles(folder, "*.*proj", SearchOption.AllDirectories)
                    .Where(IsSource)
                    .Select(p => Path.GetRelativePath(folder, p)),
            ];
            if (projects is not [string only] || (only != $"{name}.csproj" && only != $"{name}.fsproj"))
            {
                wrong.Add(
                    $"{name} has not one project, {name}.csproj or {name}.fsproj, but: "
                        + $"{(projects.Length == 0 ? "none" : string.Join(", ", projects.Order(StringComparer.Ordinal)))}"
                );
            }

            bool IsSource(string path) => Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj");
        }

        return wrong;
    }

    // What git leaves of a removed example is what its builds made.
    private static IEnumerable<string> Folders(string examples) =>
        Directory
            .EnumerateDirectories(examples)
            .Where(f => Directory.EnumerateFileSystemEntries(f).Any(e => Path.GetFileName(e) is not ("bin" or "obj")))
            .Order(StringComparer.Ordinal);
}
