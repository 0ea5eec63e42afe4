using System.Globalization;
using Distillation.Keras;
using Examples.Common;
using NumSharp;

namespace MnistDistillation;

/// <summary>Writes the results, so that no file is ever there in part.</summary>
internal sealed class OutputFolder
{
    private readonly string _folder;

    /// <summary>Makes the folder, so that one that cannot be made shows before the training and not after it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public OutputFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public void Write(Contestant contestant)
    {
        string name = contestant.Name.Replace(' ', '-');
        OutputFile.Write(Path.Combine(_folder, $"{name}.npz"), stream => WriteWeights(contestant.Model, stream));
        OutputFile.Write(Path.Combine(_folder, $"{name}-history.csv"), string.Concat(HistoryLines(contestant.History).Select(l => l + Environment.NewLine)));
    }

    public void Write(string table) => OutputFile.Write(Path.Combine(_folder, "results.txt"), table + Environment.NewLine);

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

    private static IEnumerable<string> HistoryLines(History history)
    {
        yield return string.Join(',', history.Names.Prepend("epoch"));
        for (int i = 0; i < history.Epochs.Count; i++)
        {
            yield return string.Join(',', history.Names.Select(n => history[n][i].ToString("R", CultureInfo.InvariantCulture)).Prepend(history.Epochs[i].ToString(CultureInfo.InvariantCulture)));
        }
    }
}
