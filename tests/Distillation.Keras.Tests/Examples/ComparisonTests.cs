using MnistDistillation;

namespace Distillation.Keras.Tests.Examples;

/// <summary>What the main example says below its table. p-values: 2 P(Binomial(n, 1/2) at most k), by hand.</summary>
public sealed class ComparisonTests
{
    private static readonly int[] Labels = [.. Enumerable.Repeat(1, 100)];

    // p = 2 / 2^6 = 0.03125, 2 / 2^5 = 0.0625, 2 / 2^20 below 0.001.
    [TestCase("6", "0", "0 errors instead of 6,|  significant (McNemar's test, p 0.031).")]
    [TestCase("5", "0", "0 errors instead of 5,|  not significant (McNemar's test, p 0.062).")]
    [TestCase("20", "0", "0 errors instead of 20,|  significant (McNemar's test, p below 0.001).")]
    [TestCase("0", "6", "6 errors instead of 0,|  significant (McNemar's test, p 0.031).")]
    [TestCase("20 20", "0 0", "0 errors instead of 20,|  significant with each of 2 seeds (McNemar's test, p below 0.001).")]
    [TestCase("6 5 6", "0 0 0", "0 errors instead of 6,|  significant with 2 of 3 seeds (McNemar's test, p from 0.031 to 0.062).")]
    [TestCase("5 4", "0 0", "0 errors instead of 4,|  significant with no seed (McNemar's test, p from 0.062 to 0.125).")]
    [TestCase(
        "20 0",
        "0 6",
        "3 errors instead of 10,|  significant with 1 of 2 seeds, the other way round with 1 (McNemar's test, p below 0.001 to 0.031)."
    )]
    [TestCase("6 6", "0", "0 errors instead of 6,|  significant (McNemar's test, p 0.031).")]
    public void It_says_of_each_seed_whether_the_difference_is_significant(string errorsBefore, string errorsAfter, string says)
    {
        string text = Comparison.Text("a", Classes(errorsBefore), "b", Classes(errorsAfter), Labels);
        Assert.That(text, Is.EqualTo("b against a: " + says.Replace("|", Environment.NewLine, StringComparison.Ordinal)));
    }

    private static long[][] Classes(string errors) =>
        [.. errors.Split(' ').Select(e => Enumerable.Range(0, 100).Select(i => i < int.Parse(e, null) ? 0L : 1L).ToArray())];
}
