using System.Text.RegularExpressions;

namespace Distillation.Keras.Tests.Docs;

/// <summary>A piece of a test that a document shows.</summary>
/// <remarks>
/// In the source it stands between the lines <c>// &lt;snippet NAME&gt;</c> and <c>// &lt;/snippet&gt;</c>; regions of the same name in one
/// file are one snippet, with an empty line between them (so that it can begin with the file's <c>using</c>s). The name is that of the test
/// that it lies in.
/// </remarks>
/// <param name="Name">Its name.</param>
/// <param name="Language"><c>csharp</c> or <c>fsharp</c>.</param>
/// <param name="Text">The code, without common indentation.</param>
/// <param name="IsInTest">Whether a test of that name holds it.</param>
internal sealed partial record Snippet(string Name, string Language, string Text, bool IsInTest)
{
    /// <summary>All snippets of a source file.</summary>
    public static IReadOnlyList<Snippet> Read(string path, string text)
    {
        string language = Path.GetExtension(path) == ".fs" ? "fsharp" : "csharp";
        var regions = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var inTest = new Dictionary<string, bool>(StringComparer.Ordinal);
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        string test = string.Empty;
        for (int i = 0; i < lines.Length; i++)
        {
            test = TestName().Match(lines[i]) is { Success: true } t && IsTest(lines, i) ? t.Groups[1].Value : test;
            if (Begin().Match(lines[i]) is not { Success: true } begin)
            {
                continue;
            }

            string name = begin.Groups[1].Value;
            int start = ++i;
            while (i < lines.Length && lines[i].Trim() != "// </snippet>")
            {
                i++;
            }

            if (i == lines.Length)
            {
                throw new InvalidDataException($"{path}: the snippet '{name}' has no end.");
            }

            if (!regions.TryGetValue(name, out List<string>? parts))
            {
                regions[name] = parts = [];
            }

            parts.Add(Normalized(lines[start..i]));
            inTest[name] = test == name;
        }

        return [.. regions.Select(r => new Snippet(r.Key, language, string.Join("\n\n", r.Value), inTest[r.Key]))];
    }

    /// <summary>Lines without common indentation, trailing space and empty lines around them.</summary>
    public static string Normalized(IReadOnlyList<string> lines)
    {
        int indentation = lines.Where(l => l.Trim().Length > 0).Select(l => l.Length - l.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select(l => (l.Length > indentation ? l[indentation..] : string.Empty).TrimEnd())).Trim('\n');
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Language})";

    private static bool IsTest(string[] lines, int line) => line > 0 && lines[line - 1].Trim() is "[Test]" or "[<Test>]";

    [GeneratedRegex(@"^\s*// <snippet (.+)>$")]
    private static partial Regex Begin();

    [GeneratedRegex(@"^\s*(?:public void|let) `*([\w ]+?)`* ?\(\)")]
    private static partial Regex TestName();
}
