using System.Globalization;
using System.Text;
using Distillation.Keras.Measures;

namespace Methods;

/// <summary>The table, for a terminal of 80 columns and for a document.</summary>
internal static class ResultsTable
{
    /// <summary>For a terminal.</summary>
    public static string Text(IReadOnlyList<Method> methods, IReadOnlyList<Trial> trials)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"", -31}{"accuracy", 15}{"agreement", 15}{"ms", 7}{"plain", 6}");
        foreach (Summary row in Rows(methods, trials))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{row.Method.Name, -31}{row.Accuracy, 15}{row.Agreement, 15}{row.Own, 7}{row.Plain, 6}{row.Ratio, 5}x"
            );
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>For a document, in Markdown.</summary>
    public static string Markdown(IReadOnlyList<Method> methods, IReadOnlyList<Trial> trials)
    {
        var text = new StringBuilder();
        text.AppendLine("| method | paper | accuracy, % | against labels only | agreement, % | ms a step | plain training's | ratio |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        foreach (Summary row in Rows(methods, trials))
        {
            string paper = row.Method.Paper.Contains('.', StringComparison.Ordinal)
                ? $"[{row.Method.Paper}](https://arxiv.org/abs/{row.Method.Paper})"
                : row.Method.Paper;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {row.Method.Name} | {paper} | {row.Accuracy} | {row.Gain} | {row.Agreement} | {row.Own} | {row.Plain} | {row.Ratio} |"
            );
        }

        return text.ToString().TrimEnd();
    }

    private static IEnumerable<Summary> Rows(IReadOnlyList<Method> methods, IReadOnlyList<Trial> trials)
    {
        double[] plain = [.. trials.Where(t => t.Method == MethodList.Plain).Select(t => t.Accuracy)];
        foreach (Method method in methods)
        {
            Trial[] own = [.. trials.Where(t => t.Method == method.Name)];
            if (own.Length > 0)
            {
                double[] accuracy = [.. own.Select(t => t.Accuracy)];

                // All three times of one trial, that of the median ratio: a machine has faster and slower minutes.
                Trial timed = own.OrderBy(t => t.StepRatio).ElementAt(own.Length / 2);
                yield return new Summary(
                    method,
                    MeanAndDeviation(accuracy),
                    plain.Length == 0 || method.Name == MethodList.Plain
                        ? ""
                        : string.Create(CultureInfo.InvariantCulture, $"{(accuracy.Average() - plain.Average()) * 100:+0.00;-0.00;0.00}"),
                    MeanAndDeviation([.. own.Select(t => t.Agreement)]),
                    Short(timed.StepMilliseconds),
                    Short(timed.PlainMilliseconds),
                    Short(timed.StepRatio)
                );
            }
        }
    }

    // At most four characters, so that columns stay apart on the slowest machine.
    private static string Short(double value) =>
        value switch
        {
            < 99.95 => value.ToString("F1", CultureInfo.InvariantCulture),
            < 9999.5 => value.ToString("F0", CultureInfo.InvariantCulture),
            _ => ">9k",
        };

    // The standard deviation of a sample; none of a single value.
    private static string MeanAndDeviation(double[] values)
    {
        double mean = values.Average();
        double deviation = values.Length < 2 ? double.NaN : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
        return double.IsNaN(deviation)
            ? string.Create(CultureInfo.InvariantCulture, $"{mean * 100:F2}")
            : string.Create(CultureInfo.InvariantCulture, $"{mean * 100:F2} ± {deviation * 100:F2}");
    }

    private sealed record Summary(Method Method, string Accuracy, string Gain, string Agreement, string Own, string Plain, string Ratio);
}
