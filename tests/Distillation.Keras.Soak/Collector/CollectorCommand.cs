using System.Diagnostics;
using System.Globalization;

namespace Distillation.Keras.Soak.Collector;

/// <summary>
/// Fits, distils and predicts beside a thread that only allocates: a native call whose arguments the collector frees under it fails, or
/// computes something else.
/// </summary>
internal sealed class CollectorCommand : SoakCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public override string Name => "collector";

    public override string Summary => "fits, distils and predicts while garbage is collected all the time";

    public override string Unit => "collections";

    public override long Run(long? times, int seed, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var clock = Stopwatch.StartNew();
        long failed = Run(
            Jobs.All,
            collections => times is long enough ? collections < enough : clock.Elapsed < Longest,
            output,
            out string summary
        );
        output.WriteLine(summary);
        return failed;
    }

    /// <summary>Runs jobs in turn, whole rounds of them, and compares each with what it gave alone.</summary>
    /// <param name="jobs">What to compute.</param>
    /// <param name="goesOn">Whether there is another round, after so many collections.</param>
    /// <param name="output">Where failures are printed.</param>
    /// <param name="summary">What was tried.</param>
    /// <returns>How many failed.</returns>
    public static long Run(IReadOnlyList<Job> jobs, Func<long, bool> goesOn, TextWriter output, out string summary)
    {
        double[][] alone = [.. jobs.Select(j => j.Compute())];
        long runs = 0;
        long failed = 0;
        using var allocating = new AllocatingThread();
        do
        {
            for (int i = 0; i < jobs.Count; i++)
            {
                runs++;
                if (Difference(jobs[i], alone[i]) is string difference)
                {
                    failed++;
                    output.WriteLine($"{jobs[i].Name}, after {Text(allocating.Collections)} collections: {difference}");
                }
            }
        } while (goesOn(allocating.Collections));

        summary = $"{Text(runs)} runs of {jobs.Count} jobs beside {Text(allocating.Collections)} collections: {Text(failed)} failed";
        return failed;
    }

    private static string? Difference(Job job, double[] expected)
    {
        try
        {
            double[] found = job.Compute();
            int different = found.Length == expected.Length ? found.Zip(expected).Count(p => !p.First.Equals(p.Second)) : -1;
            return different == 0 ? null : $"other results, {different} of {expected.Length} numbers";
        }
#pragma warning disable CA1031 // What freed memory leads to is not known in advance.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"{e.GetType().Name}: {e.Message.Split('\n')[0]}";
        }
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
