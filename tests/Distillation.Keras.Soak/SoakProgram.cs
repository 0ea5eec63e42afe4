using System.CommandLine;
using System.Globalization;
using Distillation.Keras.Soak.Collector;
using Distillation.Keras.Soak.Files;
using Examples.Common;

namespace Distillation.Keras.Soak;

/// <summary>The command line: a command and how often.</summary>
internal static class SoakProgram
{
    private static readonly SoakCommand[] Commands = [new CollectorCommand(), new FuzzKerasCommand()];

    private static readonly Argument<SoakCommand> CommandArgument = NewOption.Argument(
        "COMMAND",
        string.Join('\n', Commands.Select(c => $"{c.Name}: {c.Summary}; --times counts {c.Unit}")),
        name =>
            Array.Find(Commands, c => c.Name == name)
            ?? throw new ArgumentException($"There is no command '{name}'. Known: {string.Join(", ", Commands.Select(c => c.Name))}.")
    );

    private static readonly Option<int?> TimesOption = NewOption.Whole("--times", "how often (default: for ten minutes)", least: 1);

    private static readonly Option<int> SeedOption = NewOption.WholeOr("--seed", "the first seed, where the tries have one", 0, least: 0);

    private static readonly CommandLine Line = new(
        "tests/Distillation.Keras.Soak",
        "Long reliability runs.",
        [CommandArgument, TimesOption, SeedOption],
        "Exits with 0 where nothing failed, with 1 where something did."
    );

    /// <summary>Runs the program.</summary>
    /// <returns>0 where nothing failed, 1 where something did, 2 for a command line that cannot be understood.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors) =>
        Line.Run(
            arguments.Count == 0 ? ["--help"] : arguments,
            line => (Command: line.GetRequiredValue(CommandArgument), Times: line.GetValue(TimesOption), Seed: line.GetValue(SeedOption)),
            told => Run(told.Command, told.Times, told.Seed, output),
            output,
            errors
        );

    private static int Run(SoakCommand command, int? times, int seed, TextWriter output)
    {
        long failed = command.Run(times, seed, output);
        output.WriteLine(failed == 0 ? "nothing failed" : $"{failed.ToString("N0", CultureInfo.InvariantCulture)} failed");
        return failed == 0 ? 0 : 1;
    }
}
