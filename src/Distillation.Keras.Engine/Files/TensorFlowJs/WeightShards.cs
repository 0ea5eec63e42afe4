namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>The files of a group of weights, which are one row of bytes when they are laid end to end.</summary>
/// <remarks>
/// A file is open only while something is read from it: there may be thousands of them. Source: <c>tfjs-core/src/io/weights_loader.ts</c>.
/// </remarks>
internal sealed class WeightShards
{
    private const string Namer = "The manifest of the weights";

    private readonly List<(string Name, string Path, long Start, long Length)> _files = [];

    /// <summary>How many bytes they have together.</summary>
    public long Length { get; private set; }

    /// <summary>The names that the manifest has for them, for messages.</summary>
    public string Names =>
        _files.Count == 0 ? "no file" : string.Join(", ", _files.Take(3).Select(f => $"'{f.Name}'")) + (_files.Count > 3 ? ", ..." : "");

    /// <summary>Adds a file.</summary>
    /// <param name="beside">The files beside the <c>model.json</c>.</param>
    /// <param name="name">Its name, also in a folder below.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="ModelFormatException">The name leads out of the folder, or there is no such file.</exception>
    public string Add(Neighbours beside, string name)
    {
        string path = beside.Find(Parts(name), Shown(name), Namer);
        long length = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is FileInfo target
            ? target.Length
            : new FileInfo(path).Length;
        _files.Add((Shown(name), path, Length, length));
        Length = checked(Length + length);
        return path;
    }

    /// <summary>Reads bytes, which may lie in several files.</summary>
    /// <param name="start">How many bytes are before them.</param>
    /// <param name="bytes">What gets them.</param>
    /// <exception cref="EndOfStreamException">A file has become shorter.</exception>
    public void Read(long start, Span<byte> bytes)
    {
        for (int i = FileAt(start); bytes.Length > 0; i++)
        {
            (string name, string path, long first, long length) = _files[i];
            int count = (int)Math.Min(bytes.Length, first + length - start);
            if (count == 0)
            {
                continue;
            }

            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            for (int done = 0; done < count; )
            {
                int read = RandomAccess.Read(file, bytes[done..count], start - first + done);
                done += read > 0 ? read : throw new EndOfStreamException($"The file '{name}' became shorter while it was read.");
            }

            bytes = bytes[count..];
            start += count;
        }
    }

    private int FileAt(long start)
    {
        (int low, int high) = (0, _files.Count - 1);
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _files[middle].Start <= start ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    // A manifest comes from elsewhere: it may name files beside it and below, and nothing else. Browsers write "./model.weights.bin".
    private static string[] Parts(string name)
    {
        string[] parts = [.. name.Split('/').Where((p, i) => p != "." || i != 0)];
        return Array.Exists(parts, static p => p is "" or "." or ".." || p.Any(IsStrange))
            ? throw new ModelFormatException(
                $"{Namer} names '{Shown(name)}', which is no file beside the model.json or below. Addresses and names that lead elsewhere "
                    + "are not followed."
            )
            : parts;
    }

    private static bool IsStrange(char c) => char.IsControl(c) || c is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|';

    private static string Shown(string name)
    {
        string text = string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
        return text.Length <= 200 ? text : text[..200] + "...";
    }
}
