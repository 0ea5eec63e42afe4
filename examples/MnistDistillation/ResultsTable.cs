using System.Globalization;
using System.Text;

namespace MnistDistillation;

/// <summary>The table of the results, and what it says, at most 80 characters wide.</summary>
internal static class ResultsTable
{
    public static string Render(Contestant teacher, Contestant labels, Contestant distilled, IReadOnlyList<int> testLabels)
    {
        var text = new StringBuilder();
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{"",-17}{"parameters",10}{"size",10}{"accuracy",10}{"errors",8}{"agreement",11}{"ms/image",10}"));
        Contestant[] rows = [teacher, labels, distilled];
        foreach (Contestant row in rows)
        {
            int errors = row.Errors(testLabels);
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Name,-17}{row.Model.CountParams(),10:N0}{Size(row.Bytes),10}{Percent(1 - (errors / (double)testLabels.Count)),10}{errors,8:N0}{Percent(row.AgreementWith(teacher)),11}{row.Milliseconds,10:F3}"));
        }

        text.AppendLine();
        text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{testLabels.Count:N0} test images. Size: weights as float32. Agreement: with the teacher's class."));
        text.AppendLine("ms/image: median of Predict on one image.");
        text.Append(Verdict(labels, distilled, testLabels));
        return text.ToString();
    }

    // Both students saw the same test images: only those that one alone gets right tell them apart, and their difference has the variance of their number.
    private static string Verdict(Contestant labels, Contestant distilled, IReadOnlyList<int> testLabels)
    {
        int gained = 0;
        int lost = 0;
        for (int i = 0; i < testLabels.Count; i++)
        {
            bool before = labels.Classes[i] == testLabels[i];
            bool after = distilled.Classes[i] == testLabels[i];
            gained += after && !before ? 1 : 0;
            lost += before && !after ? 1 : 0;
        }

        int fewer = gained - lost;
        string outcome = fewer switch
        {
            > 0 => $"Distillation saved {fewer:N0} of the student's errors",
            < 0 => $"Distillation cost the student {-fewer:N0} errors",
            _ => "Distillation changed nothing in the number of errors",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{outcome} (standard error {Math.Sqrt(gained + lost):F1}).");
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:F2}%");

    private static string Size(long bytes) => bytes >= 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F2} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F1} kB");
}
