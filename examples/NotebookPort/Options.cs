using System.CommandLine;
using Examples.Common;

namespace NotebookPort;

/// <summary>What the program is told. Immutable.</summary>
/// <param name="Data"><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</param>
/// <param name="Samples">How many training images to use, where not all, with a quarter as many test images.</param>
/// <param name="Epochs">The epochs of each model.</param>
/// <param name="BatchSize">The samples of a step.</param>
/// <param name="Temperature">T.</param>
/// <param name="Lambda">The weight of the labels' loss.</param>
/// <param name="Seed">What fixes all random numbers.</param>
internal sealed record Options(string Data, int? Samples, int Epochs, int BatchSize, double Temperature, double Lambda, int Seed)
{
    private const int FewestSamples = 40;

    private static readonly Option<string> DataOption = NewOption.Data();

    private static readonly Option<int?> SamplesOption = NewOption.Whole(
        "--samples",
        "trains on the first N images only, and tests on a quarter as many, for a quick look (default: all)",
        FewestSamples
    );

    private static readonly Option<int> EpochsOption = NewOption.WholeOr("--epochs", "epochs of each model", byDefault: 3, least: 1);

    private static readonly Option<int> BatchSizeOption = NewOption.WholeOr("--batch-size", "samples a step", byDefault: 128, least: 1);

    private static readonly Option<double> TemperatureOption = NewOption.NumberOr(
        "--temperature",
        "T",
        "softens the logits",
        byDefault: 5,
        "a number above 0",
        t => t > 0
    );

    private static readonly Option<double> LambdaOption = NewOption.NumberOr(
        "--lambda",
        "L",
        "the weight of the labels' loss",
        byDefault: 1,
        "a number from 0 on",
        l => l >= 0
    );

    private static readonly Option<int> SeedOption = NewOption.WholeOr("--seed", "fixes all random numbers", byDefault: 1, least: 0);

    /// <summary>Where they come from.</summary>
    public static CommandLine Line { get; } =
        new(
            "examples/NotebookPort",
            "The notebook \"Distilling the knowledge?\", cell by cell, in Keras' own names. Writes no files.",
            [DataOption, SamplesOption, EpochsOption, BatchSizeOption, TemperatureOption, LambdaOption, SeedOption],
            """
            Exit code: 0 when all went well, 1 when the data cannot be had, 2 for a wrong
            command line.
            """,
            smoke: [("--samples", "100"), ("--epochs", "1")]
        );

    /// <summary>Takes them from the command line.</summary>
    public static Options Read(ParseResult line) =>
        new(
            line.GetRequiredValue(DataOption),
            line.GetValue(SamplesOption),
            line.GetValue(EpochsOption),
            line.GetValue(BatchSizeOption),
            line.GetValue(TemperatureOption),
            line.GetValue(LambdaOption),
            line.GetValue(SeedOption)
        );
}
