namespace Distillation.Keras.Tests.Docs;

/// <summary>A fenced block of C# or F# in a document.</summary>
/// <param name="Document">The document's path in the repository.</param>
/// <param name="Line">The line of its fence, from 1.</param>
/// <param name="Language"><c>csharp</c> or <c>fsharp</c>.</param>
/// <param name="Text">What is between the fences.</param>
internal sealed record CodeBlock(string Document, int Line, string Language, string Text)
{
    private const string Fence = "```";

    /// <summary>All blocks of code of a document; blocks of other languages (shell, XML, Python, output) are passed over.</summary>
    public static IReadOnlyList<CodeBlock> Read(string document, string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        var blocks = new List<CodeBlock>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            int start = i;
            string language = lines[i].Trim()[Fence.Length..];
            for (i++; i < lines.Length && lines[i].Trim() != Fence; i++) { }

            if (i == lines.Length)
            {
                throw new InvalidDataException($"{document}: the block that begins in line {start + 1} has no end.");
            }

            if (Known(document, start + 1, language))
            {
                blocks.Add(new CodeBlock(document, start + 1, language, Snippet.Normalized(lines[(start + 1)..i])));
            }
        }

        return blocks;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Document}, line {Line}";

    // "cs" or "c#" would hide a block from the tests.
    private static bool Known(string document, int line, string language) =>
        language switch
        {
            "csharp" or "fsharp" => true,
            "" or "text" or "sh" or "xml" or "python" or "json" => false,
            _ => throw new InvalidDataException(
                $"{document}, line {line}: blocks are csharp, fsharp, python, sh, xml, json or text, not '{language}'."
            ),
        };
}
