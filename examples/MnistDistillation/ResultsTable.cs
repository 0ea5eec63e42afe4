using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace MnistDistillation;

/// <summary>The table of the results, and what it says, at most 80 characters wide.</summary>
internal static class ResultsTable
{
    /// <summary>Renders the rows that have a trained student.</summary>
    public static string Render(
        Contestant teacher,
        IReadOnlyList<Contestant> students,
        StudentTraining training,
        (double Teacher, double Student)? milliseconds
    )
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(invariant, $"{"", -32}{"parameters", 11}{"accuracy, %", 15}{"errors", 8}{"agreement, %", 14}");
        text.AppendLine(
            invariant,
            $"{teacher.Name, -32}{teacher.Model.CountParams(), 11:N0}{teacher.Accuracy * 100, 15:F2}{teacher.Errors, 8:N0}"
        );
        Contestant[][] rows = [.. training.Rows.Select(r => students.Where(s => s.Name == r.Name).ToArray())];
        foreach (Contestant[] row in rows.Where(r => r.Length > 0))
        {
            text.AppendLine(
                invariant,
                $"{row[0].Name, -32}{row[0].Model.CountParams(), 11:N0}{Spread(row, s => s.Accuracy), 15}"
                    + $"{row.Average(s => s.Errors), 8:N0}{Spread(row, s => s.AgreementWith(teacher)), 14}"
            );
        }

        text.AppendLine();
        text.AppendLine(invariant, $"{teacher.Classes.Length:N0} test images. Students: mean ± deviation over the seeds; in all rows each");
        text.AppendLine("seed has the same initial weights. Agreement: with the teacher's class.");
        text.AppendLine(
            teacher.History is null
                ? "The teacher is the model of a file. \"+ teacher\": and its probabilities"
                : string.Create(
                    invariant,
                    $"The teacher was trained on all {training.Images:N0} labels. \"+ teacher\": and its probabilities"
                )
        );
        text.AppendLine(
            invariant,
            $"for all {training.Images:N0} images, of which {training.Images - training.Labelled:N0} have no label where there are "
                + $"{training.Labelled:N0} labels."
        );
        if (milliseconds is (double big, double small))
        {
            text.AppendLine(invariant, $"One image takes the teacher {big:F3} ms and the student {small:F3} ms (median).");
        }

        text.AppendLine();
        foreach ((int before, int after) in (ReadOnlySpan<(int, int)>)[(0, 1), (2, 1), (2, 3)])
        {
            if (rows[before].Length > 0 && rows[after].Length > 0)
            {
                text.AppendLine(
                    Comparison.Text(
                        training.Rows[before].Short,
                        Classes(rows[before]),
                        training.Rows[after].Short,
                        Classes(rows[after]),
                        training.TestLabels
                    )
                );
            }
        }

        return text.ToString().TrimEnd();
    }

    private static long[][] Classes(Contestant[] row) => [.. row.Select(s => s.Classes)];

    // The standard deviation of a sample; none of a single value.
    private static string Spread(Contestant[] row, Func<Contestant, double> value)
    {
        double[] values = [.. row.Select(value)];
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Length - 1));
        return values.Length < 2 ? Invariant($"{mean * 100:F2}") : Invariant($"{mean * 100:F2} ± {deviation * 100:F2}");
    }
}
