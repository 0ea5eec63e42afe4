using System.CommandLine;
using Examples.Common;

namespace KerasPorts;

/// <summary>What the program is told. Immutable.</summary>
/// <param name="Only">The one port to run, or all.</param>
/// <param name="Samples">How many training samples each uses at most, with a quarter as many for the test; or its own number.</param>
/// <param name="Epochs">The epochs of each, or its own number.</param>
/// <param name="Seed">What fixes all random numbers.</param>
internal sealed record Options(string? Only, int? Samples, int? Epochs, int Seed)
{
    private const int FewestSamples = 40;

    private static readonly Option<string?> OnlyOption = NewOption.Value<string?>(
        "--only",
        "NAME",
        $"runs one of {string.Join(", ", Port.All.Select(p => p.Name))} (default: all)",
        value =>
            Port.All.Any(p => p.Name == value)
                ? value
                : throw new ArgumentException(
                    $"--only does not take '{value}', but one of\n{string.Join(", ", Port.All.Select(p => p.Name))}."
                )
    );

    private static readonly Option<int?> SamplesOption = NewOption.Whole(
        "--samples",
        "trains on at most N samples, and tests on a quarter as many (default: each port's own number)",
        FewestSamples
    );

    private static readonly Option<int?> EpochsOption = NewOption.Whole("--epochs", "epochs (default: each port's own number)", least: 1);

    private static readonly Option<int> SeedOption = NewOption.WholeOr("--seed", "fixes all random numbers", byDefault: 1, least: 0);

    /// <summary>Where they come from.</summary>
    public static CommandLine Line { get; } =
        new(
            "examples/KerasPorts",
            "Five of keras.io's classifiers, in Keras' own names. Writes no files.",
            [OnlyOption, SamplesOption, EpochsOption, SeedOption],
            """
            Exit code: 0 when all went well, 1 when the data cannot be had, 2 for a wrong
            command line.
            """,
            smoke: [("--samples", "80"), ("--epochs", "1")]
        );

    /// <summary>Takes them from the command line.</summary>
    public static Options Read(ParseResult line) =>
        new(line.GetValue(OnlyOption), line.GetValue(SamplesOption), line.GetValue(EpochsOption), line.GetValue(SeedOption));

    /// <summary>The numbers of training and of test samples.</summary>
    /// <param name="training">The port's own number of training samples.</param>
    /// <param name="test">Its own number of test samples.</param>
    public (int Training, int Test) SamplesOr(int training, int test) =>
        Samples is int most && most < training ? (most, Math.Min(most / 4, test)) : (training, test);
}
