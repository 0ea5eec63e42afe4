using Examples.Common;

namespace MnistDistillation;

/// <summary>The command line. Immutable.</summary>
public sealed record Options
{
    /// <summary>The text of <c>--help</c>.</summary>
    public const string Help =
        """
        Trains a convolutional network for handwritten digits, and a small one in four
        ways: on few labels, on these and the big one's answers for all images, on all
        labels, and on all labels and these answers.

        Usage: dotnet run -c Release --project examples/MnistDistillation -- [OPTIONS]

          --data WHICH        digits: the 10,000 bundled digits of MNIST (default)
                              mnist, fashion: the whole dataset, from the folder
                              that DISTILLATION_KERAS_DATA names, Keras' cache or
                              Keras' address
                              FOLDER: MNIST or Fashion-MNIST there, as IDX files
                              or npz
          --epochs N          epochs of the teacher; by default 12, as in the notebook,
                              and fewer for more than 8,000 images
          --student-epochs N  epochs of each student over all images; by default 30, and
                              fewer for more than 8,000; four times as many over the
                              few labelled ones
          --labels N          how many images have a label where few have; by default
                              500, or a sixteenth of the images if that is less
          --seeds N           how many students for each row (default 3)
          --temperature T     by what the logits are divided (default 4)
          --hard-weight W     the weight of the loss on the labels, from 0 to 1; the
                              teacher's half of the loss gets 1 - W (default 0.1)
          --samples N         trains on the first N images only, and tests on a quarter
                              as many, for a quick look
          --seed N            fixes initial weights, shuffling and dropout (default 1);
                              the students' seeds are N, N + 1, ...
          --out FOLDER        writes weights (.npz), histories (.csv) and the table
                              (results.txt) there, each when it is finished; the folder
                              is made
          --help              prints this

        The same seed on the same machine gives the same numbers, but for times. Ctrl+C
        and SIGTERM end the program with the table of what is finished.
        Exit code: 0 when all went well, 1 when the data cannot be had or the output
        cannot be written, 2 for a wrong command line, 130 after Ctrl+C, 143
        after SIGTERM.
        """;

    // So many images does a training see by default, so that the time does not depend on how many there are.
    private const int TeacherImages = 96_000;
    private const int StudentImages = 240_000;
    private const int DigitsImages = 8_000;
    private const int FewestSamples = 40;
    private const int FewLabels = 500;
    private const int LabelsShare = 16;

    /// <summary><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</summary>
    public string Data { get; private init; } = "digits";

    /// <summary>The teacher's epochs, where given.</summary>
    public int? Epochs { get; private init; }

    /// <summary>The students' epochs, where given.</summary>
    public int? StudentEpochs { get; private init; }

    /// <summary>How many labels there are where there are few, where given.</summary>
    public int? Labels { get; private init; }

    /// <summary>How many students each row has.</summary>
    public int Seeds { get; private init; } = 3;

    /// <summary>T.</summary>
    public double Temperature { get; private init; } = 4;

    /// <summary>The weight of the loss on the labels.</summary>
    public double HardWeight { get; private init; } = 0.1;

    /// <summary>How many training images to use, where not all.</summary>
    public int? Samples { get; private init; }

    /// <summary>The seed.</summary>
    public int Seed { get; private init; } = 1;

    /// <summary>Where to write, or <see langword="null"/>.</summary>
    public string? Out { get; private init; }

    /// <summary>Whether the help was asked for.</summary>
    public bool ShowHelp { get; private init; }

    /// <summary>The teacher's epochs for so many training images.</summary>
    public int TeacherEpochsFor(long images) => Epochs ?? Default(TeacherImages, images);

    /// <summary>The students' epochs for so many training images.</summary>
    public int StudentEpochsFor(long images) => StudentEpochs ?? Default(StudentImages, images);

    /// <summary>How many of so many training images keep their label where few do.</summary>
    /// <exception cref="InvalidDataException">More were asked for than there are, or as many.</exception>
    public int LabelsFor(long images) => Labels is not int given
        ? (int)Math.Max(1, Math.Min(FewLabels, images / LabelsShare))
        : given < images ? given : throw new InvalidDataException($"--labels is how many of the images have a label where few have, so it is below {images}, but it is {given}.");

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        Options options = CommandLine.Read(arguments, new Options(), Setters, new Dictionary<string, Func<Options, Options>>(), new Options { ShowHelp = true });
        return options.Seed > int.MaxValue - options.Seeds
            ? throw new ArgumentException($"--seed and --seeds together are at most {int.MaxValue}, but are {options.Seed} and {options.Seeds}.")
            : options;
    }

    private static readonly Dictionary<string, Func<Options, string, Options>> Setters = new(StringComparer.Ordinal)
    {
        ["--data"] = (o, v) => o with { Data = CommandLine.Data(v) },
        ["--epochs"] = (o, v) => o with { Epochs = CommandLine.Whole("--epochs", v, 1) },
        ["--student-epochs"] = (o, v) => o with { StudentEpochs = CommandLine.Whole("--student-epochs", v, 1) },
        ["--labels"] = (o, v) => o with { Labels = CommandLine.Whole("--labels", v, 1) },
        ["--seeds"] = (o, v) => o with { Seeds = CommandLine.Whole("--seeds", v, 1) },
        ["--temperature"] = (o, v) => o with { Temperature = CommandLine.Number("--temperature", v, "a number above 0", t => t > 0) },
        ["--hard-weight"] = (o, v) => o with { HardWeight = CommandLine.Number("--hard-weight", v, "a number from 0 to 1", w => w is >= 0 and <= 1) },
        ["--samples"] = (o, v) => o with { Samples = CommandLine.Whole("--samples", v, FewestSamples) },
        ["--seed"] = (o, v) => o with { Seed = CommandLine.Whole("--seed", v, 0) },
        ["--out"] = (o, v) => o with { Out = CommandLine.Folder("--out", v) },
    };

    private static int Default(int imagesSeen, long images) => (int)Math.Max(1, imagesSeen / Math.Max(images, DigitsImages));
}
