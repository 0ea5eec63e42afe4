using System.Globalization;
using Distillation.Keras.Soak.Collector;

namespace Distillation.Keras.Soak;

/// <summary>The command line: a command and how often.</summary>
internal static class SoakProgram
{
    private static readonly SoakCommand[] Commands = [new CollectorCommand()];

    /// <summary>Runs the program.</summary>
    /// <returns>0 where nothing failed, 1 where something did, 2 for a command line that cannot be understood.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (args is [] or ["--help"] or ["-h"])
        {
            output.WriteLine(Help());
            return 0;
        }

        SoakCommand? command = Array.Find(Commands, c => c.Name == args[0]);
        long? times = null;
        bool understood = command is not null && (args.Length == 1 || (args is [_, "--times", string count] && Parse(count, out times)));
        if (!understood)
        {
            error.WriteLine($"Not understood: {string.Join(' ', args)}\n\n{Help()}");
            return 2;
        }

        long failed = command!.Run(times, output);
        output.WriteLine(failed == 0 ? "nothing failed" : $"{failed.ToString("N0", CultureInfo.InvariantCulture)} failed");
        return failed == 0 ? 0 : 1;
    }

    private static bool Parse(string text, out long? times)
    {
        bool is_count = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0;
        times = is_count ? value : null;
        return is_count;
    }

    private static string Help() =>
        "Long reliability runs.\n\n"
        + "  dotnet run -c Release --project tests/Distillation.Keras.Soak -- COMMAND [--times N]\n\n"
        + string.Join('\n', Commands.Select(c => $"  {c.Name,-12} {c.Summary}\n  {string.Empty,-12} N counts {c.Unit}; without it ten minutes."))
        + "\n\nExits with 0 where nothing failed, with 1 where something did.";
}
