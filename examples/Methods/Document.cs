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

    /// <summary>Replaces what is between the markers. The file is written under a temporary name and moved into place.</summary>
    /// <exception cref="InvalidDataException">The document has no such markers.</exception>
    public static void Replace(string path, string name, string table)
    {
        string text = File.ReadAllText(path);
        string begin = $"<!-- table {name} -->";
        string end = $"<!-- end of table {name} -->";
        int from = text.IndexOf(begin, StringComparison.Ordinal);
        int to = text.IndexOf(end, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"The table belongs between the lines '{begin}' and '{end}', but {path} has no such lines. Add them, or give --docs none.");
        }

        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(temporary, $"{text[..(from + begin.Length)]}\n{table.ReplaceLineEndings("\n")}\n{text[to..]}");
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
