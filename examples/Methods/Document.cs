using Examples.Common;

namespace Methods;

/// <summary>Puts a table between two markers of a document: <c>&lt;!-- table NAME --&gt;</c> and <c>&lt;!-- end of table NAME --&gt;</c>.</summary>
internal static class Document
{
    /// <summary>docs/methods.md of the repository that the program lies in, or <see langword="null"/> where there is none.</summary>
    public static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "docs", "methods.md");
            if (File.Exists(Path.Combine(folder.FullName, "Distillation.Keras.sln")) && File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Whether a document has the markers of a table.</summary>
    public static bool Has(string path, string name) => File.ReadAllText(path) is string text && Begin(text, name) >= 0 && End(text, name) >= Begin(text, name);

    /// <summary>What is said of a document without them.</summary>
    public static InvalidDataException Missing(string path, string name) =>
        new($"The table belongs between the lines '<!-- table {name} -->' and '<!-- end of table {name} -->', but {path} has no such lines. Add them, or give --docs none.");

    /// <summary>Replaces what is between the markers.</summary>
    /// <exception cref="InvalidDataException">The document has no such markers.</exception>
    public static void Replace(string path, string name, string table)
    {
        string text = File.ReadAllText(path);
        if (!Has(path, name))
        {
            throw Missing(path, name);
        }

        OutputFile.Write(path, $"{text[..Begin(text, name)]}\n{table.ReplaceLineEndings("\n")}\n{text[End(text, name)..]}");
    }

    // Where the table begins: behind its marker; -1 without one.
    private static int Begin(string text, string name)
    {
        string marker = $"<!-- table {name} -->";
        int at = text.IndexOf(marker, StringComparison.Ordinal);
        return at < 0 ? -1 : at + marker.Length;
    }

    private static int End(string text, string name) => text.IndexOf($"<!-- end of table {name} -->", StringComparison.Ordinal);
}
