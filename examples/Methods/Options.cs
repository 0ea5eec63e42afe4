using System.CommandLine;
using System.Globalization;
using Examples.Common;
using static System.FormattableString;

namespace Methods;

/// <summary>What the program is told. Immutable.</summary>
internal sealed record Options
{
    private const int DefaultSamples = 2_000;
    private const int DefaultImages = 120_000;
    private const int FewestEpochs = 10;
    private const int FewestSamples = 40;
    private const string DefaultOut = "methods-results";

    private static readonly Option<string> DataOption = NewOption.Data();

    private static readonly Option<bool> FullOption = NewOption.Flag(
        "--full",
        Invariant($"trains on all images instead of {DefaultSamples:N0}")
    );

    private static readonly Option<int?> SamplesOption = NewOption.Whole(
        "--samples",
        Invariant($"trains on the first N images, and tests on as many (default: {DefaultSamples:N0}, and tests on all)"),
        FewestSamples
    );

    private static readonly Option<int?> EpochsOption = NewOption.Whole(
        "--epochs",
        string.Create(
            CultureInfo.InvariantCulture,
            $"epochs of each student; by default {DefaultImages / DefaultSamples} with {DefaultSamples:N0} images, fewer with more, and "
                + $"at least {FewestEpochs}"
        ),
        least: 1
    );

    private static readonly Option<int> SeedsOption = NewOption.WholeOr(
        "--seeds",
        "how many seeds each method is trained with",
        byDefault: 3,
        least: 1
    );

    private static readonly Option<string[]> OnlyOption = NewOption.Value(
        "--only",
        "NAMES",
        "these methods only, separated by commas; --list tells their names (default: all)",
        Names
    );

    private static readonly Option<bool> ListOption = NewOption.Flag("--list", "lists the methods");

    private static readonly Option<string?> OutOption = NewOption.Out(
        $"where finished fits are kept, so that a run which was stopped goes on (default: {DefaultOut}; with --smoke: a temporary "
            + "folder, which is removed)"
    );

    private static readonly Option<string?> DocsOption = NewOption.Value<string?>(
        "--docs",
        "FILE",
        "the document whose table is replaced, between its two markers (default: no document)",
        value =>
            File.Exists(value)
                ? value
                : throw new ArgumentException($"--docs takes a document that there is, but there is no file '{value}'.")
    );

    /// <summary>Where they come from.</summary>
    public static CommandLine Line { get; } =
        new(
            "examples/Methods",
            "Trains one student under one teacher by each objective of the library.",
            [DataOption, FullOption, SamplesOption, EpochsOption, SeedsOption, OnlyOption, ListOption, OutOption, DocsOption],
            $"""
            Columns: test accuracy and agreement with the teacher's class, mean and
            standard deviation over the seeds; milliseconds a step, those of plain
            training in turn with it, and their ratio, of the seed between the others.
            {ExampleProgram.ExitCodes}
            """,
            smoke: [("--samples", "40"), ("--epochs", "1"), ("--seeds", "1"), ("--only", "labels only,soft targets (KD),attention (AT)")]
        );

    /// <summary><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</summary>
    public required string Data { get; init; }

    /// <summary>Whether all images are used.</summary>
    public required bool IsFull { get; init; }

    /// <summary>How many seeds.</summary>
    public required int Seeds { get; init; }

    /// <summary>The methods asked for; none: all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <summary>Whether the list of methods was asked for.</summary>
    public required bool IsList { get; init; }

    /// <summary>Where finished fits are kept, or <see langword="null"/>: in a temporary folder.</summary>
    public required string? Out { get; init; }

    /// <summary>The document to write to, or <see langword="null"/>.</summary>
    public required string? Docs { get; init; }

    /// <summary>How many training images to use, or <see langword="null"/>: all.</summary>
    public int? Samples => GivenSamples ?? (IsFull ? null : DefaultSamples);

    /// <summary>How many test images to use, or <see langword="null"/>: all.</summary>
    public int? TestSamples => GivenSamples;

    private int? GivenSamples { get; init; }

    private int? Epochs { get; init; }

    /// <summary>Takes them from the command line.</summary>
    /// <exception cref="ArgumentException">Some do not go together; the message says how.</exception>
    public static Options Read(ParseResult line)
    {
        var options = new Options
        {
            Data = line.GetRequiredValue(DataOption),
            IsFull = line.GetValue(FullOption),
            GivenSamples = line.GetValue(SamplesOption),
            Epochs = line.GetValue(EpochsOption),
            Seeds = line.GetValue(SeedsOption),
            Only = line.GetValue(OnlyOption)!,
            IsList = line.GetValue(ListOption),
            Out = line.GetValue(OutOption) ?? (line.GetValue<bool>(CommandLine.Smoke) ? null : DefaultOut),
            Docs = line.GetValue(DocsOption),
        };
        return options.IsFull && options.GivenSamples is not null
            ? throw new ArgumentException("--full means all images, and --samples and --smoke some: give one of them.")
            : options;
    }

    /// <summary>The students' epochs for so many training images.</summary>
    public int EpochsFor(long images) => Epochs ?? (int)Math.Max(FewestEpochs, DefaultImages / Math.Max(images, DefaultSamples));

    private static string[] Names(string value)
    {
        string[] names = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] unknown = [.. names.Where(n => MethodList.All.All(m => m.Name != n))];
        return unknown.Length == 0 && names.Length > 0
            ? names
            : throw new ArgumentException(
                "--only takes names of methods, but there is no "
                    + $"{string.Join(", ", unknown.DefaultIfEmpty(value).Select(u => $"'{u}'"))}. --list lists them."
            );
    }
}
