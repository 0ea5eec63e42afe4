using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Layers;

/// <summary>Vocabularies as text: one token a line, as Keras writes and reads them.</summary>
internal static class VocabularyFiles
{
    /// <summary>What the file is called in an archive.</summary>
    public const string Name = "vocabulary.txt";

    // What Python takes for the end of a line.
    private static readonly SearchValues<char> LineEnds = SearchValues.Create(Ends);

    private static char[] Ends => ['\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'];

    /// <summary>The lines of a file.</summary>
    public static string[] Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"A vocabulary is a list, or the path of a text file, but there is no file '{path}'. Check the path.",
                path
            );
        }

        return File.ReadAllLines(path, Encoding.UTF8);
    }

    /// <summary>The lines of a file as integers.</summary>
    /// <exception cref="FormatException">One is none.</exception>
    public static long[] ReadNumbers(string path) => Array.ConvertAll(Read(path), Number);

    /// <summary>One line as an integer.</summary>
    public static long Number(string line) =>
        long.TryParse(line.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"A vocabulary of integers has one a line, but found \"{line}\".");

    /// <summary>The text of an archive's file as lines; empty ones at the end are none.</summary>
    public static string[] Lines(string text)
    {
        List<string> lines = [.. text.ReplaceLineEndings("\n").Split(Ends)];
        while (lines is [.., ""])
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return [.. lines];
    }

    /// <summary>Tokens as the text of such a file.</summary>
    /// <exception cref="NotSupportedException">One would be read as two, or none.</exception>
    public static string Text(IReadOnlyList<string> tokens, string layer) =>
        tokens.FirstOrDefault(t => t.AsSpan().ContainsAny(LineEnds)) is string broken
            ? throw new NotSupportedException(
                $"A file has one token of the vocabulary of '{layer}' a line, but \"{Escaped(broken)}\" has a line break in it. "
                    + "Give the vocabulary as a list when the layer is made: then it is in the configuration."
            )
        : tokens is [.., ""] && tokens.Count > 1
            ? throw new NotSupportedException(
                $"Keras reads no empty token at the end of a vocabulary from a file, but the last one of '{layer}' is empty. Give the "
                    + "vocabulary as a list when the layer is made."
            )
        : string.Join('\n', tokens);

    private static string Escaped(string token) =>
        string.Concat(
            token.Select(c =>
                c switch
                {
                    '\n' => "\\n",
                    '\r' => "\\r",
                    _ => LineEnds.Contains(c) ? Invariant($"\\u{(int)c:x4}") : c.ToString(),
                }
            )
        );

    /// <summary>A vocabulary in a configuration; files that it names are not read.</summary>
    /// <exception cref="FormatException">It is no list, or has null in it.</exception>
    public static JsonArray List(JsonNode node) =>
        node is JsonArray list && !list.Contains(null) ? list
        : node is JsonObject o && o["config"]?["value"] is JsonArray values ? values
        : throw new FormatException("A vocabulary in a configuration is a list of tokens. Files that a model names are not read.");
}
