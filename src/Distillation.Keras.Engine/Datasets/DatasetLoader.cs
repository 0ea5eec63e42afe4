using System.Globalization;
using System.Text;
using Distillation.Keras.Backend;

namespace Distillation.Keras;

/// <summary>
/// Finds a dataset: in the folder that the caller gives, in the folder that the environment variable names, in Keras' cache,
/// and by downloading what Keras downloads into Keras' cache. Thread-safe.
/// </summary>
internal sealed class DatasetLoader(DatasetEnvironment environment, DatasetDownloader downloader)
{
    /// <summary>One that looks at the process's environment as it is now.</summary>
    public static DatasetLoader ForProcess() => new(DatasetEnvironment.FromProcess(), new DatasetDownloader());

    /// <summary>Loads without a caller's context, so that waiting for it cannot block itself.</summary>
    public RawImageDataset Load(DatasetDescription dataset, string? folder, string? origin, IReadOnlyDictionary<string, string>? sha256) =>
        Task.Run(() => LoadAsync(dataset, folder, origin, sha256, CancellationToken.None)).GetAwaiter().GetResult();

    /// <param name="dataset">Its files, their shapes and their address.</param>
    /// <param name="folder">The caller's folder: then nowhere else is looked.</param>
    /// <param name="origin">The address to download from instead of Keras'.</param>
    /// <param name="sha256">Hashes by file name, instead of the known ones.</param>
    /// <param name="cancellation">Ends a download.</param>
    public async Task<RawImageDataset> LoadAsync(
        DatasetDescription dataset,
        string? folder,
        string? origin,
        IReadOnlyDictionary<string, string>? sha256,
        CancellationToken cancellation
    )
    {
        Uri address = CheckOrigin(dataset, origin);
        DatasetDescription.RemoteFile[] files = CheckHashes(dataset, sha256);
        if (folder is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(folder);
            if (origin is not null || sha256 is not null)
            {
                throw new ArgumentException(
                    "Give either a folder, where the files are, or an origin and its sha256, from where to download: "
                        + "with a folder nothing is downloaded.",
                    nameof(folder)
                );
            }

            return FromFolder(dataset, folder);
        }

        var tried = new List<string>();
        return FromVariable(dataset, tried)
            ?? FromCache(dataset, files, checkHashes: dataset.ChecksCache || sha256 is not null, tried)
            ?? await FromDownloadAsync(dataset, address, files, tried, cancellation).ConfigureAwait(false);
    }

    private static RawImageDataset FromFolder(DatasetDescription dataset, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"There is no folder '{folder}' to read {dataset.Name} from. "
                    + "Correct the path, or leave folder out to search the usual places."
            );
        }

        var tried = new List<string>();
        DatasetFiles files =
            DatasetFiles.Find(dataset, folder, tried)
            ?? throw new FileNotFoundException(
                $"The folder '{folder}' does not hold {dataset.Name}. Looked at:{Listed(tried)}\n"
                    + "Put the files there, name another folder, or leave folder out to search the usual places."
            );
        return Read(dataset, files)
            ?? throw new InvalidDataException(
                $"'{files.Place}' holds the images of {OtherName(dataset)}, not of {dataset.Name}. Name the folder of {dataset.Name}."
            );
    }

    private RawImageDataset? FromVariable(DatasetDescription dataset, List<string> tried)
    {
        const string Variable = "the environment variable " + DatasetEnvironment.DataVariable;
        if (environment.DataFolder is null)
        {
            tried.Add($"{Variable}: not set");
            return null;
        }

        var inside = new List<string>();
        var files = DatasetFiles.Find(dataset, environment.DataFolder, inside);
        tried.AddRange(inside.Select(line => $"{Variable}: {line}"));
        if (files is null)
        {
            return null;
        }
        // One variable serves all datasets, so the folder may hold another one under the same names.
        RawImageDataset? found = Read(dataset, files);
        if (found is null)
        {
            tried.Add($"{Variable}: {files.Place}: holds the images of {OtherName(dataset)}");
        }

        return found;
    }

    private RawImageDataset? FromCache(
        DatasetDescription dataset,
        IReadOnlyList<DatasetDescription.RemoteFile> files,
        bool checkHashes,
        List<string> tried
    )
    {
        var faults = files.Select(file => CacheFault(dataset, file, checkHashes)).OfType<string>().ToList();
        if (faults.Count > 0)
        {
            tried.AddRange(faults.Select(fault => $"Keras' cache: {fault}"));
            return null;
        }

        try
        {
            RawImageDataset? found = ReadCache(dataset);
            if (found is null)
            {
                tried.Add($"Keras' cache: {CachePath(dataset, "")}: holds the images of {OtherName(dataset)}");
            }

            return found;
        }
        catch (InvalidDataException e)
        {
            // A cache may be replaced. Keras, too, downloads again where the cached file is not the right one.
            tried.Add($"Keras' cache: {e.Message}");
            return null;
        }
    }

    private async Task<RawImageDataset> FromDownloadAsync(
        DatasetDescription dataset,
        Uri origin,
        IReadOnlyList<DatasetDescription.RemoteFile> files,
        List<string> tried,
        CancellationToken cancellation
    )
    {
        foreach (DatasetDescription.RemoteFile file in files)
        {
            // What is there already and right need not come again.
            if (CacheFault(dataset, file, checkHash: true) is null)
            {
                continue;
            }

            Uri address = dataset.Address(origin, file);
            try
            {
                await downloader.DownloadAsync(address, CachePath(dataset, file.Name), file.Sha256, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException or UnauthorizedAccessException)
            {
                tried.Add($"download of {address}: {e.Message}");
                throw new IOException(NotFound(dataset, origin, files, tried), e);
            }
        }

        return ReadCache(dataset)
            ?? throw new InvalidDataException(
                $"{origin} gave the images of {OtherName(dataset)}, not of {dataset.Name}. "
                    + $"Correct the origin, and delete '{CachePath(dataset, "")}'."
            );
    }

    private RawImageDataset? ReadCache(DatasetDescription dataset)
    {
        if (dataset.OriginIsFile)
        {
            return Read(dataset, DatasetFiles.FromNpz(CachePath(dataset, dataset.RemoteFiles[0].Name)));
        }

        var missing = new List<string>();
        DatasetFiles files =
            DatasetFiles.Find(dataset, CachePath(dataset, ""), missing)
            ?? throw new FileNotFoundException($"Another program has just emptied the cache. Looked at:{Listed(missing)}\nTry again.");
        return Read(dataset, files);
    }

    /// <summary>Reads, or gives null where the arrays are the other dataset's.</summary>
    private static RawImageDataset? Read(DatasetDescription dataset, DatasetFiles files)
    {
        RawImageDataset found = files.Read(dataset);
        if (DatasetDescription.NameByLabels(ArrayBytes.Span<byte>(found.TrainY)) is not { } name || name == dataset.Name)
        {
            return found;
        }

        found.Dispose();
        return null;
    }

    private static string OtherName(DatasetDescription dataset) =>
        dataset == DatasetDescription.Mnist ? DatasetDescription.FashionMnist.Name : DatasetDescription.Mnist.Name;

    private string CachePath(DatasetDescription dataset, string name) => Path.Combine(environment.Cache, dataset.CacheSubfolder, name);

    private string? CacheFault(DatasetDescription dataset, DatasetDescription.RemoteFile file, bool checkHash)
    {
        string path = CachePath(dataset, file.Name);
        if (!File.Exists(path))
        {
            return $"{path}: no such file";
        }

        if (!checkHash)
        {
            return null;
        }

        string hash = DatasetDownloader.HashOf(path);
        return hash.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase)
            ? null
            : $"{path}: its SHA-256 is {hash}, and {file.Sha256} was expected";
    }

    private string NotFound(DatasetDescription dataset, Uri origin, IReadOnlyList<DatasetDescription.RemoteFile> files, List<string> tried)
    {
        string archives = string.Join(" or ", dataset.NpzNames);
        string addresses = string.Join(", ", files.Select(file => dataset.Address(origin, file)));
        return $"{dataset.Name} was not found and could not be downloaded. Tried, in this order:{Listed(tried)}\n"
            + "What to do, one of:\n"
            + $"  - on a machine with a connection, download {addresses} into {CachePath(dataset, "")}\n"
            + "  - put the four IDX files (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, "
            + "t10k-labels-idx1-ubyte, "
            + $"plain or .gz) or {archives} into a folder, and call {dataset.Member}.LoadData(folder: \"...\") or set "
            + $"{DatasetEnvironment.DataVariable} to it\n"
            + $"  - give an address that can be reached: {dataset.Member}.LoadData(origin: \"http...\")\n"
            + "  - use Datasets.Digits.LoadData(): 10,000 digits of MNIST, bundled with this library.";
    }

    private static string Listed(List<string> lines)
    {
        var text = new StringBuilder();
        for (int i = 0; i < lines.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {i + 1}. {lines[i]}");
        }

        return text.ToString();
    }

    private static Uri CheckOrigin(DatasetDescription dataset, string? origin)
    {
        if (origin is null)
        {
            return new Uri(dataset.Origin);
        }

        if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException(
                $"An origin is an address that starts with http:// or https://, and this one is '{origin}'. "
                    + "For files on this machine give folder.",
                nameof(origin)
            );
        }

        return address;
    }

    private static DatasetDescription.RemoteFile[] CheckHashes(DatasetDescription dataset, IReadOnlyDictionary<string, string>? sha256)
    {
        if (sha256 is null)
        {
            return [.. dataset.RemoteFiles];
        }

        foreach ((string? name, string? hash) in sha256)
        {
            if (dataset.RemoteFiles.All(file => file.Name != name))
            {
                throw new ArgumentException(
                    $"There is no file '{name}' in {dataset.Name}. "
                        + $"Its files are {string.Join(", ", dataset.RemoteFiles.Select(file => file.Name))}.",
                    nameof(sha256)
                );
            }

            if (hash is null || hash.Length != 64 || !hash.All(char.IsAsciiHexDigit))
            {
                throw new ArgumentException($"A SHA-256 is 64 hexadecimal digits, and the one for '{name}' is '{hash}'.", nameof(sha256));
            }
        }

        return
        [
            .. dataset.RemoteFiles.Select(file => sha256.TryGetValue(file.Name, out string? hash) ? file with { Sha256 = hash } : file),
        ];
    }
}
