using Examples.Common;

namespace MnistDistillation;

/// <summary>The command line. Immutable.</summary>
public sealed record Options
{
    /// <summary>The text of <c>--help</c>.</summary>
    public const string Help =
        """
        Distils a convolutional network for handwritten digits into a small one.

        Usage: dotnet run -c Release --project examples/MnistDistillation -- [OPTIONS]

          --data WHICH        digits: the 10,000 bundled digits of MNIST (default)
                              mnist, fashion: the whole dataset, from the folder
                              that DISTILLATION_KERAS_DATA names, Keras' cache or
                              Keras' address
                              FOLDER: MNIST or Fashion-MNIST there, as IDX files
                              or npz
          --epochs N          epochs of the teacher; by default 12, as in the notebook,
                              and fewer for more than 8,000 images
          --student-epochs N  epochs of each student; by default 30, and fewer for more
                              than 8,000 images
          --temperature T     by what the logits are divided (default 4)
          --hard-weight W     the weight of the loss on the labels, from 0 to 1; the
                              teacher's half of the loss gets 1 - W (default 0.1)
          --samples N         trains on the first N images only, and tests on a quarter
                              as many, for a quick look
          --seed N            fixes initial weights, shuffling and dropout (default 1)
          --out FOLDER        writes weights (.npz), histories (.csv) and the table
                              (results.txt) there; the folder is made
          --help              prints this

        The same seed on the same machine gives the same numbers, but for times.
        Exit code: 0 when all went well, 1 when the data cannot be had or the output
        cannot be written, 2 for a wrong command line, 130 after Ctrl+C.
        """;

    // So many images does a training see by default, so that the time does not depend on how many there are.
    private const int TeacherImages = 96_000;
    private const int StudentImages = 240_000;
    private const int DigitsImages = 8_000;
    private const int FewestSamples = 40;

    /// <summary><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</summary>
    public string Data { get; private init; } = "digits";

    /// <summary>The teacher's epochs, where given.</summary>
    public int? Epochs { get; private init; }

    /// <summary>The students' epochs, where given.</summary>
    public int? StudentEpochs { get; private init; }

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

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static Options Parse(IReadOnlyList<string> arguments) =>
        CommandLine.Read(arguments, new Options(), Setters, new Dictionary<string, Func<Options, Options>>(), new Options { ShowHelp = true });

    private static readonly Dictionary<string, Func<Options, string, Options>> Setters = new(StringComparer.Ordinal)
    {
        ["--data"] = (o, v) => o with { Data = CommandLine.Data(v) },
        ["--epochs"] = (o, v) => o with { Epochs = CommandLine.Whole("--epochs", v, 1) },
        ["--student-epochs"] = (o, v) => o with { StudentEpochs = CommandLine.Whole("--student-epochs", v, 1) },
        ["--temperature"] = (o, v) => o with { Temperature = CommandLine.Number("--temperature", v, "a number above 0", t => t > 0) },
        ["--hard-weight"] = (o, v) => o with { HardWeight = CommandLine.Number("--hard-weight", v, "a number from 0 to 1", w => w is >= 0 and <= 1) },
        ["--samples"] = (o, v) => o with { Samples = CommandLine.Whole("--samples", v, FewestSamples) },
        ["--seed"] = (o, v) => o with { Seed = CommandLine.Whole("--seed", v, 0) },
        ["--out"] = (o, v) => o with { Out = CommandLine.Folder("--out", v) },
    };

    private static int Default(int imagesSeen, long images) => (int)Math.Max(1, imagesSeen / Math.Max(images, DigitsImages));
}
