using System.Text;
using System.Text.Json.Nodes;
using Distillation.Keras.Conformance.Suites;

namespace Distillation.Keras.Conformance.Parity;

/// <summary>The table of Keras' public names and of what stands for each here, as a Markdown document.</summary>
public sealed class ParityTable
{
    /// <summary>What writes the document anew.</summary>
    public const string Command =
        "dotnet run --project tests/Distillation.Keras.Conformance -- tests/Fixtures --parity docs/keras-parity.md";

    private static readonly (string Module, string Title)[] Sections =
    [
        ("keras.layers", "Layers"),
        ("keras.activations", "Activations"),
        ("keras.losses", "Losses"),
        ("keras.metrics", "Metrics"),
        ("keras.optimizers", "Optimizers"),
        ("keras.optimizers.schedules", "Schedules"),
        ("keras.initializers", "Initializers"),
        ("keras.regularizers", "Regularizers"),
        ("keras.constraints", "Constraints"),
        ("keras.callbacks", "Callbacks"),
        ("keras", "Keras itself"),
        ("keras.models", "Models"),
        ("keras.saving", "Saving"),
        ("keras.utils", "Utilities"),
        ("keras.datasets", "Datasets"),
        ("keras.dtype_policies", "Policies of types"),
        ("keras.random", "Random numbers"),
        ("keras.config", "Settings"),
        ("keras.distillation", "Distillation"),
        ("keras.export", "Export"),
        ("keras.quantizers", "Quantizers"),
        ("keras.applications", "Applications"),
    ];

    private readonly List<string> _problems = [];
    private readonly StringBuilder _members = new();
    private readonly HashSet<string> _saidMembers = new(StringComparer.Ordinal);
    private readonly ParityReasons _reasons;
    private int _same;
    private int _differing;
    private int _missing;

    /// <summary>Makes the table.</summary>
    /// <param name="api">Keras' public names: <c>keras_api.json</c>.</param>
    /// <param name="reasons">Why names are not here, or not the same.</param>
    public ParityTable(Fixture api, ParityReasons reasons)
    {
        _reasons = reasons;
        KerasEntry[] entries = [.. api.All.Select(e => KerasEntry.Find(e.Object))];
        var rows = new StringBuilder();
        foreach ((string module, string title) in Sections)
        {
            KerasEntry[] own = [.. entries.Where(e => SectionOf(e.Name) == module).OrderBy(e => e.Name, StringComparer.Ordinal)];
            rows.Append($"\n## {title}\n| Keras | Here | Keywords and defaults | What differs |\n|---|---|---|---|\n");
            foreach (KerasEntry entry in own)
            {
                rows.Append(Row(entry));
            }
        }

        _problems.AddRange(
            entries
                .Where(e => !Sections.Any(s => s.Module == SectionOf(e.Name)))
                .Select(e => $"{e.Name} belongs to no section of the table")
        );
        _problems.AddRange(reasons.Unused.Select(r => $"parity.json gives a reason for '{r}', where nothing differs"));
        Text =
            $"""
                # Keras' public names, and what stands for them here
                The public classes and functions of Keras 3.15 but for `keras.ops`, with the keywords of their constructors and calls, as
                Keras writes them.

                - *yes*: a class of the same name, or a function where C# has it, with the same keywords, order and defaults.
                  {_same} of {entries.Length} names.
                - *differs*: it is here, and the last column says how it differs, or what stands for it. {_differing} names.
                - *no*: it is not here, and the last column says why. {_missing} names.

                A layer takes `name`, `trainable` and `dtype` beside what is listed, and an optimizer what `Optimizer` takes. Functions are
                in PascalCase, `Activations.Relu`. Layers, activations, losses, metrics, optimizers, schedules, initializers, regularizers,
                constraints, callbacks, models, utilities and datasets are in the facade too, under Keras' names:
                `keras.activations.relu`.
                What methods and properties of the base classes lack is [listed at the end](#methods-and-properties).

                This document is made from the code, from `keras_api.json` of the fixtures and from the reasons in
                [parity.json](../tests/Distillation.Keras.Conformance/parity.json); a test fails where a keyword or a default is not Keras'
                and no reason is given. To write it anew:

                ```sh
                {Command}
                ```

                """.ReplaceLineEndings("\n")
            + rows
            + (
                _members.Length == 0
                    ? ""
                    : "\n## Methods and properties\nOf the base classes, those that are not as in Keras. What a class has of another one "
                        + "is listed there.\n"
                        + _members
            );
    }

    /// <summary>The document.</summary>
    public string Text { get; }

    /// <summary>Differences for which nobody gave a reason, and reasons for which there is no difference.</summary>
    public IReadOnlyList<string> Problems => _problems;

    private static string SectionOf(string name)
    {
        string module = name[..name.LastIndexOf('.')];
        return module.StartsWith("keras.datasets.", StringComparison.Ordinal) ? "keras.datasets" : module;
    }

    private string Row(KerasEntry entry)
    {
        string last = entry.Name[(entry.Name.LastIndexOf('.') + 1)..];
        string shown = SectionOf(entry.Name) == "keras.datasets" ? entry.Name["keras.datasets.".Length..] : last;
        string keywords = Code(string.Join(", ", entry.Parameters.Select(Keyword)));
        if (entry.Here is null)
        {
            return $"| `{shown}` | {Absent(entry, keywords)} |\n";
        }

        string here = entry.Here == last ? "" : $" `{entry.Here}`";
        if (entry.Differences.Count > 0 && _reasons.OfWhole(entry.Name) is string whole)
        {
            _differing++;
            return $"| `{shown}` | differs{here} | {keywords} | {whole} |\n";
        }

        var notes = new List<string>();
        var members = new List<string>();
        foreach (KeywordDifference difference in entry.Differences)
        {
            string? why = _reasons.OfDifference(entry.Name, difference);
            if (why is null)
            {
                _problems.Add($"{entry.Name} {difference.Keyword}: {difference.What}, and parity.json gives no reason");
            }

            if (difference.IsMember)
            {
                members.Add($"| `{difference.Keyword}` | {Escaped(difference.What)} | {why} |");
            }
            else
            {
                notes.Add($"{Escaped(difference.What)}: {why}");
            }
        }

        // Those of a base class are said once.
        string[] own = [.. members.Where(_saidMembers.Add)];
        if (own.Length > 0)
        {
            _members.Append($"\n### {last}\n| Member | What differs | Why |\n|---|---|---|\n{string.Join('\n', own)}\n");
        }

        if (members.Count > 0)
        {
            notes.Add("[methods and properties](#methods-and-properties)");
        }

        _same += notes.Count == 0 ? 1 : 0;
        _differing += notes.Count > 0 ? 1 : 0;
        return $"| `{shown}` | {(notes.Count == 0 ? "yes" : "differs")}{here} | {keywords} | {string.Join("; ", notes)} |\n";
    }

    private string Absent(KerasEntry entry, string keywords)
    {
        if (_reasons.Elsewhere(entry.Name) is (string here, string text))
        {
            _differing++;
            if (!ApiNames.Exists(here))
            {
                _problems.Add($"parity.json says that {here} stands for {entry.Name}, but there is no such public class or member");
            }

            return $"differs `{here}` | {keywords} | {text}";
        }

        _missing++;
        string? why = _reasons.OfAbsence(entry.Name);
        if (why is null)
        {
            _problems.Add($"{entry.Name} is not here, and parity.json gives no reason");
        }

        return $"no | {keywords} | {why}";
    }

    private static string Keyword(JsonObject parameter)
    {
        string prefix = parameter["kind"]?.ToString() is "*" or "**" ? parameter["kind"]!.ToString() : "";
        return prefix + parameter["name"].Text() + (parameter["default"] is JsonNode value ? $"={value}" : "");
    }

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    private static string Escaped(string text) =>
        text.Replace("|", "\\|", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
