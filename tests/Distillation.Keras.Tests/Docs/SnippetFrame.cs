using System.Text.RegularExpressions;

namespace Distillation.Keras.Tests.Docs;

/// <summary>
/// What stands around a snippet in its file. A reader pastes the snippet into an empty program, so nothing around it may lend it anything:
/// no import, no helper, no line before it in its test. NUnit is there for both languages, in C# by the project.
/// </summary>
internal static partial class SnippetFrame
{
    /// <summary>What keeps the snippet of a file from standing alone, by line; empty where it does.</summary>
    public static IReadOnlyList<string> Problems(string path, string text)
    {
        bool isCSharp = Path.GetExtension(path) == ".cs";
        Regex frame = isCSharp ? CSharpFrame() : FSharpFrame();
        var problems = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        Place place = Place.Head;
        bool isInSnippet = false;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd();
            if (isInSnippet)
            {
                isInSnippet = line.Trim() != "// </snippet>";
                place = !isInSnippet && place == Place.Test ? Place.Assertions : place;
            }
            else if (Begin().Match(line) is { Success: true } begin)
            {
                names.Add(begin.Groups[1].Value);
                isInSnippet = true;
                if (isCSharp && place == Place.Class)
                {
                    problems.Add($"line {i + 1}: a program has its types after its statements, so the test is the first in its class");
                }
            }
            else if (place == Place.Assertions)
            {
                place = isCSharp && line == "    }" ? Place.End : place;
            }
            else if (line.Length > 0 && !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            {
                if (!frame.IsMatch(line))
                {
                    problems.Add($"line {i + 1}: '{line.Trim()}' is not in the snippet");
                }

                place = place == Place.End ? place : Next(place, line);
            }
        }

        if (names.Count != 1)
        {
            problems.Add($"a file has one snippet, this one {names.Count}");
        }

        return problems;
    }

    /// <summary>What keeps a block of a document from standing alone.</summary>
    public static IReadOnlyList<string> Problems(CodeBlock block)
    {
        string[] lines = block.Text.Split('\n');
        string import = block.Language == "csharp" ? "using " : "open ";
        var problems = new List<string>();
        if (!lines[0].StartsWith(import, StringComparison.Ordinal))
        {
            problems.Add($"its first line is not '{import.Trim()} ...'");
        }

        // At the top of a program this is FS0524; in a test it is not.
        problems.AddRange(
            lines
                .Where(l => block.Language == "fsharp" && l.StartsWith("use ", StringComparison.Ordinal))
                .Select(l => $"'{l}' is for functions: 'let' at the top of a program")
        );
        return problems;
    }

    private static Place Next(Place place, string line) =>
        line.StartsWith("public sealed class ", StringComparison.Ordinal) ? Place.Class
        : line.Trim() is "[Test]" or "[<Test>]" ? Place.Test
        : place;

    [GeneratedRegex(@"^\s*// <snippet (.+)>$")]
    private static partial Regex Begin();

    [GeneratedRegex(@"^(namespace Snippets;|public sealed class \w+|\s*[{}]|    \[Test\]|    public void \w+\(\))$")]
    private static partial Regex CSharpFrame();

    [GeneratedRegex(@"^(module Snippets\.\w+|open NUnit\.Framework|\[<Test>\]|let ``[\w ]+`` \(\) =)$")]
    private static partial Regex FSharpFrame();

    private enum Place
    {
        Head,
        Class,
        Test,
        Assertions,
        End,
    }
}
