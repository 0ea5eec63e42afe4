using Distillation.Keras.Benchmarks.Contests;
using Distillation.Keras.Benchmarks.Measuring;

namespace Distillation.Keras.Benchmarks;

/// <summary>The program without its process: what the command line asks for, written to the given writers.</summary>
internal static class BenchmarkProgram
{
    private const int MemorySteps = 200;

    /// <summary>Runs the program.</summary>
    /// <returns>
    /// 0 if all was measured, 1 if the mathematics differs, 2 for a wrong command line or an output that cannot be written.
    /// </returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        try
        {
            return Options.Line.Run(arguments, Options.Read, o => o.List ? WriteNames(output) : Run(o, output), output, errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
            return 2;
        }
    }

    private static int WriteNames(TextWriter output)
    {
        foreach (string name in ContestList.All.Keys)
        {
            output.WriteLine(name);
        }

        return 0;
    }

    private static int Run(Options options, TextWriter output)
    {
        using var data = new DigitTensors();
        var measurements = new List<Measurement>();
        var memory = new List<MemoryUse>();
        Report.WriteMachine(output);
        Report.WriteHead(output);
        foreach (
            (string name, Func<DigitTensors, IContest> make) in ContestList.All.Where(c => options.Only is null || c.Key == options.Only)
        )
        {
            using IContest contest = make(data);
            Agreement agreement = contest.Compare();
            Measurement measurement = Interleaved.Run(contest, options.Rounds, options.Steps, agreement);
            measurements.Add(measurement);
            Report.Write(output, measurement);
            Report.Write(output, name, agreement);
            if (contest.Trains)
            {
                memory.Add(MemoryUse.Of(contest, MemorySteps));
            }
        }

        if (memory.Count > 0)
        {
            Report.Write(output, memory);
        }

        if (options.Json is string json)
        {
            Report.WriteJson(json, measurements, memory);
        }

        return measurements.TrueForAll(m => m.Agreement.Holds) ? 0 : 1;
    }
}
