using System.Diagnostics;
using System.Globalization;
using Examples.Common;

namespace KerasPorts;

/// <summary>Runs the ports in turn, and ends with a table of what each reached.</summary>
public static class PortsProgram
{
    /// <summary>Runs it. What training prints goes to the console.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the help goes.</param>
    /// <param name="errors">Where messages go.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors) =>
        ExampleProgram.Run(Options.Line, arguments, Options.Read, Run, output, errors);

    private static void Run(Options options)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var results = new List<(string Name, PortResult Result, TimeSpan Time)>();
        foreach (Port port in Port.All.Where(p => options.Only is null || p.Name == options.Only))
        {
            Console.WriteLine($"{port.Name}: {port.Summary}, after");
            Console.WriteLine(port.Source);
            long start = Stopwatch.GetTimestamp();
            PortResult result = port.Run(options);
            results.Add((port.Name, result, Stopwatch.GetElapsedTime(start)));
            Console.WriteLine();
        }

        Console.WriteLine(
            $"{"port", -12}{"parameters", 11}{"training", 9}{"test", 7}{"accuracy", 10}{"chance", 9}{"best", 9}{"seconds", 9}"
        );
        foreach ((string name, PortResult r, TimeSpan time) in results)
        {
            Console.WriteLine(
                $"{name, -12}{r.Parameters, 11:N0}{r.TrainingSamples, 9:N0}{r.TestSamples, 7:N0}"
                    + $"{r.Accuracy, 10:P1}{r.Chance, 9:P1}{r.Best, 9:P1}{time.TotalSeconds, 9:F1}"
            );
        }

        Console.WriteLine();
        Console.WriteLine("Accuracy on test samples; chance: of always guessing the most frequent class;");
        Console.WriteLine("best: of who knows how the data were made.");
    }
}
