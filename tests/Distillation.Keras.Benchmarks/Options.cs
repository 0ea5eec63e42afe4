using System.CommandLine;
using Distillation.Keras.Benchmarks.Contests;
using Examples.Common;

namespace Distillation.Keras.Benchmarks;

/// <summary>What the program is told.</summary>
/// <param name="Only">The one benchmark to run, or null.</param>
/// <param name="Rounds">How many pairs of blocks are timed.</param>
/// <param name="Steps">The steps of a timed block, or null: as many as take long enough.</param>
/// <param name="Json">Where to write the results, or null.</param>
/// <param name="List">Whether to print the benchmarks' names and nothing else.</param>
internal sealed record Options(string? Only, int Rounds, int? Steps, string? Json, bool List)
{
    private const int Most = 100_000;

    private static readonly Option<string?> OnlyOption = NewOption.Value<string?>(
        "--only",
        "NAME",
        "runs one benchmark (default: all)",
        name =>
            ContestList.All.ContainsKey(name)
                ? name
                : throw new ArgumentException(
                    $"--only takes a benchmark, and there is no '{name}'. Known: {string.Join(", ", ContestList.All.Keys)}."
                )
    );

    private static readonly Option<int> RoundsOption = NewOption.WholeOr(
        "--rounds",
        "times N pairs of blocks, A B, B A, ...",
        byDefault: 9,
        least: 1,
        Most
    );

    private static readonly Option<int?> StepsOption = NewOption.Whole(
        "--steps",
        "makes N steps in each block (default: what takes 0.4 s)",
        least: 1,
        Most
    );

    private static readonly Option<string?> JsonOption = NewOption.Value<string?>(
        "--json",
        "OUT",
        "writes the results to the file OUT (default: to no file)",
        json =>
            Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(json)))
                ? json
                : throw new ArgumentException($"--json takes a file in a folder that there is, not '{json}'. Make the folder first.")
    );

    private static readonly Option<bool> ListOption = NewOption.Flag("--list", "prints the benchmarks' names");

    /// <summary>Where they come from.</summary>
    public static CommandLine Line { get; } =
        new(
            "tests/Distillation.Keras.Benchmarks",
            "Times this library against the obvious code on TorchSharp, in turn.",
            [OnlyOption, RoundsOption, StepsOption, JsonOption, ListOption],
            """
            A is this library, B is written by hand and does the same mathematics, which
            is checked first: with dropout 0 and equal weights both must have the same
            weights after 20 steps, up to rounding. The ratio is A's time divided by
            that of the B beside it. Run it on an idle machine.
            Exit code: 0 if all was measured, 1 if the mathematics differs, 2 for a wrong
            command line or an output that cannot be written.
            """
        );

    /// <summary>Takes them from the command line.</summary>
    public static Options Read(ParseResult line) =>
        new(
            line.GetValue(OnlyOption),
            line.GetValue(RoundsOption),
            line.GetValue(StepsOption),
            line.GetValue(JsonOption),
            line.GetValue(ListOption)
        );
}
