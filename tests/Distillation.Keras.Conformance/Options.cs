using System.CommandLine;
using Examples.Common;

namespace Distillation.Keras.Conformance;

/// <summary>What the program is told.</summary>
/// <param name="Folder">The folder of fixture files.</param>
/// <param name="OnlyFile">The one file to run, or null.</param>
/// <param name="OnlyCase">The one case of it to run, or null.</param>
/// <param name="Json">Where to write the results, or null.</param>
/// <param name="Parity">Where to write the table of Keras' public names, in place of running cases; or null.</param>
internal sealed record Options(string Folder, string? OnlyFile, string? OnlyCase, string? Json, string? Parity)
{
    private static readonly Argument<string> FolderArgument = NewOption.Argument(
        "FOLDER",
        "a folder of fixture files (activations.json, ...)",
        folder => folder.Length > 0 ? folder : throw new ArgumentException("FOLDER is missing.")
    );

    private static readonly Option<string[]> OnlyOption = NewOption.Value(
        "--only",
        "FILE[/CASE]",
        "runs one file, such as layers, or one case, such as layers/dense_relu (default: all)",
        FileAndCase
    );

    private static readonly Option<string?> JsonOption = NewOption.Value<string?>(
        "--json",
        "OUT",
        "writes the result of every case to the file OUT (default: to no file)",
        json => json
    );

    private static readonly Option<string?> ParityOption = NewOption.Value<string?>(
        "--parity",
        "OUT",
        "writes the table of Keras' public names to the file OUT, and runs no case",
        parity => parity
    );

    /// <summary>Where they come from.</summary>
    public static CommandLine Line { get; } =
        new(
            "tests/Distillation.Keras.Conformance",
            "Compares this library with real Keras.",
            [FolderArgument, OnlyOption, JsonOption, ParityOption],
            """
            A case is passed, failed, unsupported (the library does not have the class,
            function or file yet) or known (a difference on purpose, see known.json).
            Exit code: 0 if nothing failed, 1 if something failed, 2 for a wrong command
            line, an unusable folder or an output that cannot be written.
            """
        );

    /// <summary>Takes them from the command line.</summary>
    public static Options Read(ParseResult line)
    {
        string[] only = line.GetValue(OnlyOption)!;
        return new Options(
            line.GetRequiredValue(FolderArgument),
            only.ElementAtOrDefault(0),
            only.ElementAtOrDefault(1),
            line.GetValue(JsonOption),
            line.GetValue(ParityOption)
        );
    }

    private static string[] FileAndCase(string only)
    {
        string[] parts = only.Split('/', 2, StringSplitOptions.RemoveEmptyEntries);
        return parts.Length > 0 && FixtureForm.Files.ContainsKey(parts[0])
            ? parts
            : throw new ArgumentException(
                $"--only takes a fixture file, and there is no '{parts.FirstOrDefault()}'. Known: "
                    + $"{string.Join(", ", FixtureForm.Files.Keys)}."
            );
    }
}
