using System.CommandLine;
using Examples.Common;

namespace TeacherFromPython;

/// <summary>What the program is told. Immutable.</summary>
/// <param name="Samples">How many training images to use, where not all, with a quarter as many test images.</param>
/// <param name="Epochs">The epochs of the teacher and of the student.</param>
/// <param name="Seed">What fixes all random numbers.</param>
/// <param name="Load">The file with a model that is only tried.</param>
/// <param name="Out">Where to write; a temporary folder where it is not given.</param>
internal sealed record Options(int? Samples, int Epochs, int Seed, string? Load, string? Out)
{
    private const int FewestSamples = 40;

    private static readonly Option<int?> SamplesOption = NewOption.Whole(
        "--samples",
        "trains on the first N images only, and tests on a quarter as many, for a quick look (default: all)",
        FewestSamples
    );

    private static readonly Option<int> EpochsOption = NewOption.WholeOr("--epochs", "epochs of each model", byDefault: 8, least: 1);

    private static readonly Option<int> SeedOption = NewOption.WholeOr("--seed", "fixes all random numbers", byDefault: 1, least: 0);

    private static readonly Option<string?> LoadOption = NewOption.Value<string?>(
        "--load",
        "FILE",
        "only tries the model in this file on the test images, as the program has a second process do (default: trains)",
        static file => file
    );

    private static readonly Option<string?> OutOption = NewOption.Out(
        "writes the trained teacher (teacher.keras) and the student (student.keras, student.h5) there; the folder is made (default: a "
            + "temporary folder, which is removed)"
    );

    /// <summary>Where they come from.</summary>
    public static CommandLine Line { get; } =
        new(
            "examples/TeacherFromPython",
            "Loads a network that Keras wrote in Python, trains it on digits, saves it, distils a student from the saved file, saves the "
                + "student, and loads it again in another process.",
            [SamplesOption, EpochsOption, SeedOption, LoadOption, OutOption],
            ExampleProgram.ExitCodes,
            smoke: [("--samples", "100"), ("--epochs", "1")]
        );

    /// <summary>Takes them from the command line.</summary>
    public static Options Read(ParseResult line) =>
        new(
            line.GetValue(SamplesOption),
            line.GetRequiredValue(EpochsOption),
            line.GetRequiredValue(SeedOption),
            line.GetValue(LoadOption),
            line.GetValue(OutOption)
        );
}
