using System.Globalization;

namespace Distillation.Keras.Benchmarks;

/// <summary>The command line.</summary>
/// <param name="Only">The one benchmark to run, or null.</param>
/// <param name="Rounds">How many pairs of blocks are timed.</param>
/// <param name="Steps">The steps of a timed block, or null: as many as take long enough.</param>
/// <param name="Json">Where to write the results, or null.</param>
/// <param name="List">Whether to print the benchmarks' names and nothing else.</param>
internal sealed record Options(string? Only, int Rounds, int? Steps, string? Json, bool List)
{
    /// <summary>The text of <c>--help</c>.</summary>
    public const string Help =
        """
        Times this library against the obvious code on TorchSharp, in turn.

        Usage: dotnet run -c Release --project tests/Distillation.Keras.Benchmarks --
               [--only NAME] [--rounds N] [--steps N] [--json OUT] [--list] [--help]

          --only NAME   runs one benchmark
          --rounds N    times N pairs of blocks, A B, B A, ... (default: 9)
          --steps N     makes N steps in each block (default: what takes 0.4 s)
          --json OUT    writes the results to the file OUT
          --list        prints the benchmarks' names
          --help        prints this

        A is this library, B is written by hand and does the same mathematics, which
        is checked first: with dropout 0 and equal weights both must have the same
        weights after 20 steps, up to rounding. The ratio is A's time divided by
        that of the B beside it. Run it on an idle machine.
        Exit code: 0 if all was measured, 1 if the mathematics differs, 2 for a wrong
        command line or an output that cannot be written.
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It is wrong; the message says how.</exception>
    public static Options Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> names)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            bool takesValue = argument is "--only" or "--rounds" or "--steps" or "--json";
            if (!takesValue && argument != "--list")
            {
                throw new ArgumentException($"There is no option '{argument}'.");
            }

            string? value = null;
            if (takesValue)
            {
                value = i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)
                    ? arguments[++i]
                    : throw new ArgumentException($"{argument} needs a value after it.");
            }

            if (!values.TryAdd(argument, value))
            {
                throw new ArgumentException($"{argument} is given twice.");
            }
        }

        string? only = values.GetValueOrDefault("--only");
        if (only is not null && !names.Contains(only))
        {
            throw new ArgumentException($"There is no benchmark '{only}'. Known: {string.Join(", ", names)}.");
        }

        string? json = values.GetValueOrDefault("--json");
        if (json is not null && Path.GetDirectoryName(Path.GetFullPath(json)) is var folder && !Directory.Exists(folder))
        {
            throw new ArgumentException($"The folder of '{json}' does not exist. Make it first.");
        }

        return new Options(only, Positive(values, "--rounds") ?? 9, Positive(values, "--steps"), json, values.ContainsKey("--list"));
    }

    private static int? Positive(Dictionary<string, string?> values, string option)
    {
        if (values.GetValueOrDefault(option) is not string text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 100_000
            ? number
            : throw new ArgumentException($"{option} takes a number from 1 to 100000, but '{text}' was given.");
    }
}
