using System.Globalization;
using System.Text;
using Distillation.Keras;
using Examples.Common;
using NumSharp;

namespace MnistDistillation;

/// <summary>Writes a trained model's weights and history.</summary>
internal static class ContestantFiles
{
    // Histories and the table.
    private const long BytesOfTexts = 1 << 18;

    // A model's file holds the state of its optimizer, too: two numbers for each weight.
    private const int NumbersOfWeight = 3;

    /// <summary>About how many bytes a run writes.</summary>
    public static long Bytes(Model teacher, Model student, int students, int rows) =>
        (
            sizeof(float)
            * (
                teacher.CountParams()
                + ((long)students * student.CountParams())
                + (NumbersOfWeight * (teacher.CountParams() + (rows * student.CountParams())))
            )
        ) + BytesOfTexts;

    /// <summary>The names of the files of a model.</summary>
    /// <param name="row">What the table calls it.</param>
    /// <param name="seed">Its seed.</param>
    public static (string Weights, string History, string Model) Names(string row, int seed)
    {
        string name = string.Concat(row.Where(c => c != ',').Select(c => c == ' ' ? '-' : c))
            .Replace("-+-", "-and-", StringComparison.Ordinal);
        string file = string.Create(CultureInfo.InvariantCulture, $"{name}-seed-{seed}");
        return ($"{file}.npz", $"{file}-history.csv", $"{file}.keras");
    }

    /// <summary>Writes what there is of a model.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="contestant">The model.</param>
    /// <param name="whole">Whether the model itself is written, too, and not its weights alone.</param>
    public static void Write(OutputFolder folder, Contestant contestant, bool whole)
    {
        (string weights, string history, string model) = Names(contestant.Name, contestant.Seed);
        folder.Put(weights, stream => WriteWeights(contestant.Model, stream));
        if (contestant.History is History trained)
        {
            folder.Put(history, HistoryText(trained));
        }

        if (whole)
        {
            contestant.Model.Save(folder.PathOf(model));
        }
    }

    // The keys are the weights' paths: sequential/hidden/kernel has the key hidden.kernel.
    private static void WriteWeights(Model model, Stream stream)
    {
        var arrays = new Dictionary<string, NDArray>(StringComparer.Ordinal);
        IReadOnlyList<NDArray> values = model.GetWeights();
        for (int i = 0; i < values.Count; i++)
        {
            arrays.Add(string.Join('.', model.Weights[i].Path.Split('/')[^2..]), values[i]);
        }

        // Through memory: np.savez closes what it writes to.
        using var bytes = new MemoryStream();
        np.savez(bytes, arrays);
        stream.Write(bytes.ToArray());
        foreach (NDArray array in values)
        {
            array.Dispose();
        }
    }

    private static string HistoryText(History history)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', history.Names.Prepend("epoch")).AppendLine();
        for (int i = 0; i < history.Epochs.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{history.Epochs[i]}");
            foreach (string name in history.Names)
            {
                text.Append(CultureInfo.InvariantCulture, $",{history[name][i]:R}");
            }

            text.AppendLine();
        }

        return text.ToString();
    }
}
