using System.CommandLine;
using System.Globalization;
using Examples.Common;
using static System.FormattableString;

namespace MnistDistillation;

/// <summary>What the program is told. Immutable.</summary>
internal sealed record Options
{
    // So many images does a training see by default, so that the time does not depend on how many there are.
    private const int TeacherImages = 96_000;
    private const int StudentImages = 240_000;
    private const int DigitsImages = 8_000;
    private const int FewestSamples = 40;
    private const int FewLabels = 500;
    private const int LabelsShare = 16;

    private static readonly Option<string> DataOption = NewOption.Data();

    private static readonly Option<int?> EpochsOption = NewOption.Whole(
        "--epochs",
        string.Create(
            CultureInfo.InvariantCulture,
            $"epochs of the teacher; by default {TeacherImages / DigitsImages}, as in the notebook, and fewer for more than "
                + $"{DigitsImages:N0} images"
        ),
        least: 1
    );

    private static readonly Option<int?> StudentEpochsOption = NewOption.Whole(
        "--student-epochs",
        string.Create(
            CultureInfo.InvariantCulture,
            $"epochs of each student over all images; by default {StudentImages / DigitsImages}, and fewer for more than "
                + $"{DigitsImages:N0}; {StudentTraining.FewEpochsFactor} times as many over the few labelled ones"
        ),
        least: 1
    );

    private static readonly Option<int?> LabelsOption = NewOption.Whole(
        "--labels",
        Invariant($"how many images have a label where few have; by default {FewLabels}, or 1 of {LabelsShare} images if that is less"),
        least: 1
    );

    private static readonly Option<int> SeedsOption = NewOption.WholeOr(
        "--seeds",
        "how many students for each row",
        byDefault: 3,
        least: 1
    );

    private static readonly Option<double> TemperatureOption = NewOption.NumberOr(
        "--temperature",
        "T",
        "by what the logits are divided",
        byDefault: 4,
        "a number above 0",
        t => t > 0
    );

    private static readonly Option<double> HardWeightOption = NewOption.NumberOr(
        "--hard-weight",
        "W",
        "the weight of the loss on the labels, from 0 to 1; the teacher's half of the loss gets 1 - W",
        byDefault: 0.1,
        "a number from 0 to 1",
        w => w is >= 0 and <= 1
    );

    private static readonly Option<int?> SamplesOption = NewOption.Whole(
        "--samples",
        "trains on the first N images only, and tests on a quarter as many, for a quick look (default: all)",
        FewestSamples
    );

    private static readonly Option<int> SeedOption = NewOption.WholeOr(
        "--seed",
        "fixes initial weights, shuffling and dropout; the students' seeds are N, N + 1, ...",
        byDefault: 1,
        least: 0
    );

    private static readonly Option<string?> TeacherOption = NewOption.Value<string?>(
        "--teacher",
        "FILE",
        "distils from the model in this file of Keras (.keras, .h5), of images (28, 28, 1) with 10 classes (default: trains one)",
        static file => file
    );

    private static readonly Option<string?> LoadOption = NewOption.Value<string?>(
        "--load",
        "FILE",
        "only tries the model in this file, such as a student from --out, on the test images (default: trains and compares)",
        static file => file
    );

    private static readonly Option<string?> OutOption = NewOption.Out(
        "writes weights (.npz), histories (.csv), the teacher and a student of each row (.keras) and the table (results.txt) there, each "
            + "when it is finished; the folder is made (default: writes nothing; with --smoke: a temporary folder, which is removed)"
    );

    /// <summary>Where they come from.</summary>
    public static CommandLine Line { get; } =
        new(
            "examples/MnistDistillation",
            "Trains a convolutional network for handwritten digits, and a small one in four ways: on few labels, on these and the big "
                + "one's answers for all images, on all labels, and on all labels and "
                + "these answers.",
            [
                DataOption,
                EpochsOption,
                StudentEpochsOption,
                LabelsOption,
                SeedsOption,
                TemperatureOption,
                HardWeightOption,
                SamplesOption,
                SeedOption,
                TeacherOption,
                LoadOption,
                OutOption,
            ],
            $"""
            The same seed on the same machine gives the same numbers, but for times. Ctrl+C
            and SIGTERM end the program with the table of what is finished.
            {ExampleProgram.ExitCodes}
            """,
            smoke: [("--samples", "100"), ("--epochs", "1"), ("--student-epochs", "1"), ("--seeds", "1")]
        );

    /// <summary><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</summary>
    public required string Data { get; init; }

    /// <summary>How many students each row has.</summary>
    public required int Seeds { get; init; }

    /// <summary>T.</summary>
    public required double Temperature { get; init; }

    /// <summary>The weight of the loss on the labels.</summary>
    public required double HardWeight { get; init; }

    /// <summary>How many training images to use, where not all.</summary>
    public required int? Samples { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>The file with the teacher, where it is not trained.</summary>
    public required string? Teacher { get; init; }

    /// <summary>The file with a model that is only tried.</summary>
    public required string? Load { get; init; }

    /// <summary>Where to write, or <see langword="null"/>.</summary>
    public required string? Out { get; init; }

    /// <summary>Whether all parts are only tried, which writes to a temporary folder where no other one is given.</summary>
    public required bool IsSmoke { get; init; }

    private int? Epochs { get; init; }

    private int? StudentEpochs { get; init; }

    private int? Labels { get; init; }

    /// <summary>Takes them from the command line.</summary>
    /// <exception cref="ArgumentException">Some do not go together; the message says how.</exception>
    public static Options Read(ParseResult line)
    {
        var options = new Options
        {
            Data = line.GetRequiredValue(DataOption),
            Epochs = line.GetValue(EpochsOption),
            StudentEpochs = line.GetValue(StudentEpochsOption),
            Labels = line.GetValue(LabelsOption),
            Seeds = line.GetValue(SeedsOption),
            Temperature = line.GetValue(TemperatureOption),
            HardWeight = line.GetValue(HardWeightOption),
            Samples = line.GetValue(SamplesOption),
            Seed = line.GetValue(SeedOption),
            Teacher = line.GetValue(TeacherOption),
            Load = line.GetValue(LoadOption),
            Out = line.GetValue(OutOption),
            IsSmoke = line.GetValue<bool>(CommandLine.Smoke),
        };
        if (options.Load is not null && (options.Teacher is not null || options.Out is not null))
        {
            throw new ArgumentException("--load only tries a model, so that it does not go together with --teacher or --out.");
        }

        return options.Seed > int.MaxValue - options.Seeds
            ? throw new ArgumentException(
                Invariant($"--seed and --seeds together are at most {int.MaxValue}, but are {options.Seed} and {options.Seeds}.")
            )
            : options;
    }

    /// <summary>The teacher's epochs for so many training images.</summary>
    public int TeacherEpochsFor(long images) => Epochs ?? Default(TeacherImages, images);

    /// <summary>The students' epochs for so many training images.</summary>
    public int StudentEpochsFor(long images) => StudentEpochs ?? Default(StudentImages, images);

    /// <summary>How many of so many training images keep their label where few do.</summary>
    /// <exception cref="InvalidDataException">More were asked for than there are, or as many.</exception>
    public int LabelsFor(long images) =>
        Labels is not int given ? (int)Math.Max(1, Math.Min(FewLabels, images / LabelsShare))
        : given < images ? given
        : throw new InvalidDataException(
            Invariant($"--labels is how many of the images have a label where few have, so it is below {images}, but it is {given}.")
        );

    private static int Default(int imagesSeen, long images) => (int)Math.Max(1, imagesSeen / Math.Max(images, DigitsImages));
}
