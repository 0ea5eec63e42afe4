using Examples.Common;

namespace Methods;

/// <summary>
/// Puts a table between two markers of a document: <c>&lt;!-- table NAME --&gt;</c> and <c>&lt;!-- end of table NAME --&gt;</c>.
/// </summary>
internal static class Document
{
    /// <summary>Refuses a document that has no such markers or cannot be written, without changing it.</summary>
    /// <exception cref="InvalidDataException">The document has no such markers.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void RefuseUnwritable(string path, string name)
    {
        Find(File.ReadAllText(path), path, name);
        OutputFile.RefuseUnwritable(path);
    }

    /// <summary>Replaces what is between the markers.</summary>
    /// <exception cref="InvalidDataException">The document has no such markers.</exception>
    public static void Replace(string path, string name, string table)
    {
        string text = File.ReadAllText(path);
        (int begin, int end) = Find(text, path, name);
        OutputFile.Write(path, $"{text[..begin]}\n{table.ReplaceLineEndings("\n")}\n{text[end..]}");
    }

    // Where the table begins, behind its marker, and ends.
    private static (int Begin, int End) Find(string text, string path, string name)
    {
        (string before, string after) = ($"<!-- table {name} -->", $"<!-- end of table {name} -->");
        int begin = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        int end = text.IndexOf(after, StringComparison.Ordinal);
        return begin >= before.Length && end >= begin
            ? (begin, end)
            : throw new InvalidDataException(
                $"The table belongs between the lines '{before}' and '{after}', but {path} has no such lines. Add them, or "
                    + "leave --docs out."
            );
    }
}
