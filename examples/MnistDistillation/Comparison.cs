using Distillation.Keras.Measures;
using static System.FormattableString;

namespace MnistDistillation;

/// <summary>Says of two rows of the table which is better, and whether that is more than chance.</summary>
internal static class Comparison
{
    private const double Significant = 0.05;
    private const double Least = 0.001;

    /// <summary>
    /// Two lines, by McNemar's exact test of each seed: both students saw the same test images, and only those that one alone gets right
    /// tell them apart.
    /// </summary>
    /// <param name="nameBefore">What the students are compared with.</param>
    /// <param name="before">The classes that they chose, one array a seed.</param>
    /// <param name="nameAfter">What is compared with them.</param>
    /// <param name="after">The same of these. Seeds that only one of both has, after a cancellation, are left out.</param>
    /// <param name="labels">The right classes.</param>
    public static string Text(
        string nameBefore,
        IReadOnlyList<long[]> before,
        string nameAfter,
        IReadOnlyList<long[]> after,
        IReadOnlyList<int> labels
    )
    {
        int[] truth = [.. labels];
        McNemarTest[] tests = [.. before.Zip(after, (b, a) => McNemarTest.FromPredictions(b, a, truth))];
        double errorsBefore = before.Take(tests.Length).Average(c => Errors(c, labels));
        double errorsAfter = after.Take(tests.Length).Average(c => Errors(c, labels));
        string significance = Significance(tests, errorsAfter <= errorsBefore ? 1 : -1);
        return Invariant($"{nameAfter} against {nameBefore}: {errorsAfter:N0} errors instead of {errorsBefore:N0},{Environment.NewLine}")
            + Invariant($"  {significance} (McNemar's test, p {Range([.. tests.Select(t => t.ExactProbability)])}).");
    }

    /// <summary>How many classes are wrong.</summary>
    public static int Errors(long[] classes, IReadOnlyList<int> labels) => classes.Where((c, i) => c != labels[i]).Count();

    // A seed that says the opposite is not passed over.
    private static string Significance(McNemarTest[] tests, int direction)
    {
        int[] clear = [.. tests.Where(t => t.ExactProbability < Significant).Select(t => Math.Sign(t.OnlySecondRight - t.OnlyFirstRight))];
        int same = clear.Count(d => d == direction);
        string found = (same, tests.Length) switch
        {
            (0, 1) => "not significant",
            (1, 1) => "significant",
            (0, _) => "significant with no seed",
            _ when same == tests.Length => Invariant($"significant with each of {same} seeds"),
            _ => Invariant($"significant with {same} of {tests.Length} seeds"),
        };
        return same == clear.Length ? found : Invariant($"{found}, the other way round with {clear.Length - same}");
    }

    private static string Range(double[] p) =>
        p.Max() < Least ? Probability(p.Max())
        : p.Length == 1 ? Probability(p[0])
        : $"{(p.Min() < Least ? string.Empty : "from ")}{Probability(p.Min())} to {Probability(p.Max())}";

    // No p is 0, and none that is rounded to 0.05 is to contradict the word before it.
    private static string Probability(double p) =>
        p < Least ? "below 0.001"
        : Math.Abs(p - Significant) < 0.0005 ? Invariant($"{p:F5}")
        : Invariant($"{p:F3}");
}
