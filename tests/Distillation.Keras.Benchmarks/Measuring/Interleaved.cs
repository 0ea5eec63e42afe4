using System.Diagnostics;

namespace Distillation.Keras.Benchmarks.Measuring;

/// <summary>Timed blocks.</summary>
internal static class Interleaved
{
    /// <summary>A block that is shorter says little.</summary>
    private const double SecondsPerBlock = 0.4;

    /// <summary>Seconds that something takes.</summary>
    public static double Seconds(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Times a contest: A B, B A, A B, ..., after a warm-up of both.</summary>
    /// <param name="contest">What to time.</param>
    /// <param name="rounds">How many pairs of blocks.</param>
    /// <param name="steps">The steps of a block, or null: as many as take long enough.</param>
    /// <param name="agreement">How far both results are apart.</param>
    public static Measurement Run(IContest contest, int rounds, int? steps, Agreement agreement)
    {
        int block = steps ?? Calibrate(contest);
        contest.Ours(block);
        contest.Theirs(block);
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            // Whoever comes second finds other caches and clocks, so that the order changes.
            if (i % 2 == 0)
            {
                ours[i] = contest.Ours(block);
                theirs[i] = contest.Theirs(block);
            }
            else
            {
                theirs[i] = contest.Theirs(block);
                ours[i] = contest.Ours(block);
            }
        }

        double scale = 1000.0 / block;
        return new Measurement(contest.Name, block, [.. ours.Select(s => s * scale)], [.. theirs.Select(s => s * scale)], agreement);
    }

    private static int Calibrate(IContest contest)
    {
        int steps = 2;
        while (true)
        {
            double seconds = Math.Min(contest.Ours(steps), contest.Theirs(steps));
            if (seconds >= SecondsPerBlock / 2 || steps >= 100_000)
            {
                return Math.Max(2, (int)Math.Ceiling(steps * SecondsPerBlock / seconds));
            }

            steps *= 2;
        }
    }
}
