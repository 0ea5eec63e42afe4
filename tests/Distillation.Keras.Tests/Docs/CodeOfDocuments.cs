namespace Distillation.Keras.Tests.Docs;

/// <summary>The blocks of all documents, and the snippets of all tests.</summary>
internal static class CodeOfDocuments
{
    private static readonly string[] SnippetFolders =
    [
        "tests/Distillation.Keras.Tests/Docs/Snippets",
        "tests/Distillation.Keras.FSharp.Tests/Snippets",
    ];

    /// <summary>The readme of the packages.</summary>
    public const string PackageReadme = "src/PACKAGE.md";

    /// <summary>The documents that users read, as paths in the repository.</summary>
    public static IEnumerable<string> Documents() =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Append(Path.Combine(Repository.Root, PackageReadme))
            .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    public static IEnumerable<CodeBlock> Blocks() =>
        Documents().SelectMany(d => CodeBlock.Read(d, File.ReadAllText(Path.Combine(Repository.Root, d))));

    /// <summary>The sources that hold a snippet each, as paths in the repository.</summary>
    public static IEnumerable<string> SnippetFiles() =>
        SnippetFolders
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.?s", SearchOption.AllDirectories))
            .Select(p => Path.GetRelativePath(Repository.Root, p).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    public static IEnumerable<Snippet> Snippets() =>
        SnippetFiles().SelectMany(p => Snippet.Read(p, File.ReadAllText(Path.Combine(Repository.Root, p))));
}
