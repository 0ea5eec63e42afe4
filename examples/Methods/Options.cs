using Examples.Common;

namespace Methods;

/// <summary>The command line. Immutable.</summary>
public sealed record Options
{
    /// <summary>The text of <c>--help</c>.</summary>
    public const string Help =
        """
        Trains one student under one teacher by each objective of the library.

        Usage: dotnet run -c Release --project examples/Methods -- [OPTIONS]

          --data WHICH    digits: the bundled digits of MNIST (default)
                          mnist, fashion: the whole dataset, from the folder that
                          DISTILLATION_KERAS_DATA names, Keras' cache or Keras'
                          address
                          FOLDER: MNIST or Fashion-MNIST there, as IDX files or npz
          --full          trains on all images instead of 2,000
          --samples N     trains on the first N images, and tests on as many
          --epochs N      epochs of each student; by default 60 with 2,000 images,
                          fewer with more, and at least 10
          --seeds N       how many seeds each method is trained with (default 3)
          --only NAMES    these methods only, separated by commas; --list tells
                          their names
          --list          lists the methods
          --out FOLDER    where finished fits are kept, so that a run which was
                          stopped goes on (default methods-results)
          --docs FILE     the document whose table is replaced, between its two
                          markers (default: docs/methods.md of this repository,
                          where it has this table and no method, seed, image or
                          epoch was left out); none: no document
          --help          prints this

        Columns: test accuracy and agreement with the teacher's class, mean and
        standard deviation over the seeds; milliseconds a step, those of plain
        training in turn with it, and their ratio, of the seed between the others.
        Exit code: 0 when all went well, 1 when the data cannot be had or the output
        cannot be written, 2 for a wrong command line, 130 after Ctrl+C.
        """;

    private const int DefaultSamples = 2_000;
    private const int DefaultImages = 120_000;
    private const int FewestEpochs = 10;
    private const int DefaultSeeds = 3;
    private const int FewestSamples = 40;

    private static readonly Dictionary<string, Func<Options, string, Options>> Setters = new(StringComparer.Ordinal)
    {
        ["--data"] = (o, v) => o with { Data = CommandLine.Data(v) },
        ["--samples"] = (o, v) => o with { GivenSamples = CommandLine.Whole("--samples", v, FewestSamples) },
        ["--epochs"] = (o, v) => o with { Epochs = CommandLine.Whole("--epochs", v, 1) },
        ["--seeds"] = (o, v) => o with { Seeds = CommandLine.Whole("--seeds", v, 1) },
        ["--only"] = (o, v) => o with { Only = Names(v) },
        ["--out"] = (o, v) => o with { Out = CommandLine.Folder("--out", v) },
        ["--docs"] = (o, v) => o with { Docs = v == "none" || File.Exists(v) ? v : throw new ArgumentException($"--docs takes a document that there is, or none, but there is no file '{v}'.") },
    };

    private static readonly Dictionary<string, Func<Options, Options>> Flags = new(StringComparer.Ordinal)
    {
        ["--full"] = o => o with { Full = true },
        ["--list"] = o => o with { ShowList = true },
    };

    /// <summary><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</summary>
    public string Data { get; private init; } = "digits";

    /// <summary>Whether all images are used.</summary>
    public bool Full { get; private init; }

    /// <summary>How many training images to use, or <see langword="null"/>: all.</summary>
    public int? Samples => GivenSamples ?? (Full ? null : DefaultSamples);

    /// <summary>How many test images to use, or <see langword="null"/>: all.</summary>
    public int? TestSamples => GivenSamples;

    /// <summary>The students' epochs, where given.</summary>
    public int? Epochs { get; private init; }

    /// <summary>How many seeds.</summary>
    public int Seeds { get; private init; } = DefaultSeeds;

    /// <summary>The methods asked for, or <see langword="null"/>: all.</summary>
    public IReadOnlyList<string>? Only { get; private init; }

    /// <summary>Where finished fits are kept.</summary>
    public string Out { get; private init; } = "methods-results";

    /// <summary>The document to write to, where given; <c>none</c>: no document.</summary>
    public string? Docs { get; private init; }

    /// <summary>Whether the help was asked for.</summary>
    public bool ShowHelp { get; private init; }

    /// <summary>Whether the list of methods was asked for.</summary>
    public bool ShowList { get; private init; }

    /// <summary>Whether nothing was left out: all methods, enough seeds, and the default images and epochs.</summary>
    public bool IsWhole => Only is null && Seeds >= DefaultSeeds && Epochs is null && GivenSamples is null;

    private int? GivenSamples { get; init; }

    /// <summary>The students' epochs for so many training images.</summary>
    public int EpochsFor(long images) => Epochs ?? (int)Math.Max(FewestEpochs, DefaultImages / Math.Max(images, DefaultSamples));

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        Options options = CommandLine.Read(arguments, new Options(), Setters, Flags, new Options { ShowHelp = true });
        return options.Full && options.GivenSamples is not null
            ? throw new ArgumentException("--full means all images and --samples some: give one of them.")
            : options;
    }

    private static string[] Names(string value)
    {
        string[] names = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] unknown = [.. names.Where(n => MethodList.All.All(m => m.Name != n))];
        return unknown.Length == 0 && names.Length > 0
            ? names
            : throw new ArgumentException($"--only takes names of methods, but there is no {string.Join(", ", unknown.Select(u => $"'{u}'"))}. --list lists them.");
    }
}
