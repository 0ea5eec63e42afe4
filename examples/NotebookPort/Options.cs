using Examples.Common;

namespace NotebookPort;

/// <summary>The command line. Immutable.</summary>
internal sealed record Options
{
    /// <summary>The text of <c>--help</c>.</summary>
    public const string Help =
        """
        The notebook "Distilling the knowledge?", cell by cell, in Keras' own names.

        Usage: dotnet run -c Release --project examples/NotebookPort -- [OPTIONS]

          --data WHICH     digits: the bundled digits, without a download (default)
                           mnist, fashion: the whole dataset, from the folder that
                           DISTILLATION_KERAS_DATA names, Keras' cache or Keras'
                           address
                           FOLDER: MNIST or Fashion-MNIST there, as IDX files or npz
          --epochs N       epochs of each model (default 3)
          --batch-size N   samples a step (default 128)
          --temperature T  softens the logits (default 5)
          --lambda L       the weight of the labels' loss (default 1)
          --seed N         fixes all random numbers (default 1)
          --help           this text

        Exit code: 0 when all went well, 1 when the data cannot be had, 2 for a wrong
        command line.
        """;

    private static readonly Dictionary<string, Func<Options, string, Options>> Setters = new(StringComparer.Ordinal)
    {
        ["--data"] = (o, v) => o with { Data = CommandLine.Data(v) },
        ["--epochs"] = (o, v) => o with { Epochs = CommandLine.Whole("--epochs", v, 1) },
        ["--batch-size"] = (o, v) => o with { BatchSize = CommandLine.Whole("--batch-size", v, 1) },
        ["--temperature"] = (o, v) => o with { Temperature = CommandLine.Number("--temperature", v, "a number above 0", t => t > 0) },
        ["--lambda"] = (o, v) => o with { Lambda = CommandLine.Number("--lambda", v, "a number from 0 on", l => l >= 0) },
        ["--seed"] = (o, v) => o with { Seed = CommandLine.Whole("--seed", v, 0) },
    };

    /// <summary><c>digits</c>, <c>mnist</c>, <c>fashion</c> or a folder.</summary>
    public string Data { get; private init; } = "digits";

    /// <summary>The epochs of each model.</summary>
    public int Epochs { get; private init; } = 3;

    /// <summary>The samples of a step.</summary>
    public int BatchSize { get; private init; } = 128;

    /// <summary>T.</summary>
    public double Temperature { get; private init; } = 5;

    /// <summary>The weight of the labels' loss.</summary>
    public double Lambda { get; private init; } = 1;

    /// <summary>What fixes all random numbers.</summary>
    public int Seed { get; private init; } = 1;

    /// <summary>Whether the help was asked for.</summary>
    public bool ShowHelp { get; private init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static Options Parse(IReadOnlyList<string> arguments) =>
        CommandLine.Read(arguments, new Options(), Setters, new Dictionary<string, Func<Options, Options>>(), new Options { ShowHelp = true });
}
