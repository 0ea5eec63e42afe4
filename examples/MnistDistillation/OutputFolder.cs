using System.Globalization;
using Distillation.Keras;
using NumSharp;

namespace MnistDistillation;

/// <summary>Writes the results. Each file is written under a temporary name and moved into place, so that no file is ever there in part.</summary>
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
        Put($"{name}.npz", path => WriteWeights(contestant.Model, path));
        Put($"{name}-history.csv", path => File.WriteAllLines(path, HistoryLines(contestant.History)));
    }

    public void Write(string table) => Put("results.txt", path => File.WriteAllText(path, table + Environment.NewLine));

    private void Put(string name, Action<string> write)
    {
        string path = Path.Combine(_folder, name);
        string temporary = Path.Combine(_folder, $".{Guid.NewGuid():N}.{name}");
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // The keys are the weights' paths: sequential/hidden/kernel has the key hidden.kernel.
    private static void WriteWeights(Model model, string path)
    {
        var arrays = new Dictionary<string, NDArray>(StringComparer.Ordinal);
        IReadOnlyList<NDArray> values = model.GetWeights();
        for (int i = 0; i < values.Count; i++)
        {
            arrays.Add(string.Join('.', model.Weights[i].Path.Split('/')[^2..]), values[i]);
        }

        np.savez(path, arrays);
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
