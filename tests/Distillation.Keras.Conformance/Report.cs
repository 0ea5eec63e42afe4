using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Conformance;

/// <summary>The results as text (80 columns) and as JSON.</summary>
public static class Report
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Every case that did not pass, by name and why, under its state.</summary>
    public static void WriteCases(TextWriter writer, IReadOnlyCollection<CaseResult> results)
    {
        foreach (CaseState state in (CaseState[])[CaseState.Unsupported, CaseState.Known, CaseState.Failed])
        {
            // What many cases lack is said once; a failure is always said case by case.
            foreach (
                IGrouping<(string File, string Why, string Case), CaseResult> group in results
                    .Where(r => r.State == state)
                    .GroupBy(r => (r.File, r.Why, state == CaseState.Failed ? r.Case : ""))
            )
            {
                if (group.Count() == 1)
                {
                    writer.WriteLine($"{Name(state)}: {group.Key.File}/{group.Single().Case}");
                }
                else
                {
                    writer.WriteLine($"{Name(state)}: {group.Count()} cases of {group.Key.File}");
                    Wrap(writer, string.Join(", ", group.Select(r => r.Case)), "    ");
                }

                Wrap(writer, group.Key.Why, "  why: ");
            }
        }
    }

    /// <summary>One line a file.</summary>
    public static void WriteTable(TextWriter writer, IReadOnlyCollection<CaseResult> results)
    {
        writer.WriteLine($"{"file", -14}{"cases", 6}{"passed", 7}{"failed", 7}{"unsupp.", 8}{"known", 6}{"worst", 9}  where");
        foreach (IGrouping<string, CaseResult> file in results.GroupBy(r => r.File))
        {
            writer.WriteLine(Line(file.Key, [.. file]));
        }

        writer.WriteLine(Line("all", results));
    }

    /// <summary>Writes the results as JSON, first beside the target and then in its place, so that no half file is ever seen.</summary>
    public static void WriteJson(string path, IEnumerable<CaseResult> results)
    {
        var cases = new JsonArray();
        foreach (CaseResult r in results)
        {
            cases.Add(
                new JsonObject
                {
                    ["file"] = r.File,
                    ["case"] = r.Case,
                    ["state"] = Name(r.State),
                    ["worst"] = r.Worst is double worst && double.IsFinite(worst) ? worst : null,
                    ["where"] = r.Where,
                    ["why"] = r.Why,
                }
            );
        }

        string beside = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(beside, new JsonObject { ["cases"] = cases }.ToJsonString(Readable) + "\n");
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static string Name(CaseState state) =>
        state switch
        {
            CaseState.Passed => "passed",
            CaseState.Failed => "failed",
            CaseState.Unsupported => "unsupported",
            _ => "known",
        };

    private static string Line(string name, IReadOnlyCollection<CaseResult> results)
    {
        int Count(CaseState state) => results.Count(r => r.State == state);

        // A case that failed or differs on purpose would hide how exact the others are; its own error stands with its reason.
        CaseResult? worst = results.Where(r => r.Worst is not null && r.State != CaseState.Known).MaxBy(r => r.Worst);
        string error = worst?.Worst is double e ? e.ToString("0.0e-00", CultureInfo.InvariantCulture) : "-";
        string line =
            $"{name, -14}{results.Count, 6}{Count(CaseState.Passed), 7}{Count(CaseState.Failed), 7}{Count(CaseState.Unsupported), 8}"
            + $"{Count(CaseState.Known), 6}{error, 9}";
        return worst is null ? line : $"{line}\n{"", 14}  worst at {(name == "all" ? worst.File + "/" : "")}{worst.Case}: {worst.Where}";
    }

    /// <summary>Writes words in lines of at most 80 columns.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="text">The words.</param>
    /// <param name="before">What stands before the first; later lines are indented by as much, where that is not too far.</param>
    public static void Wrap(TextWriter writer, string text, string before)
    {
        int margin = before.Length <= 20 ? before.Length : 4;
        var line = new StringBuilder(before);
        bool empty = true;
        foreach (string word in text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && line.Length + 1 + word.Length > 80)
            {
                writer.WriteLine(line.ToString());
                line.Clear().Append(' ', margin);
                empty = true;
            }

            line.Append(empty ? "" : " ").Append(word);
            empty = false;
        }

        writer.WriteLine(line.ToString());
    }
}
