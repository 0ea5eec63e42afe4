using System.IO.Compression;
using Distillation.Keras.Backend;
using NumSharp;

namespace Distillation.Keras;

/// <summary>The files of one dataset in one folder: four IDX files, or one npz archive.</summary>
internal sealed class DatasetFiles
{
    private const int Side = 28;

    private static readonly (string Part, string Kind)[] IdxParts =
    [
        ("train-images", "idx3-ubyte"),
        ("train-labels", "idx1-ubyte"),
        ("t10k-images", "idx3-ubyte"),
        ("t10k-labels", "idx1-ubyte"),
    ];

    private readonly IReadOnlyList<string>? _idx;
    private readonly string? _npz;

    private DatasetFiles(IReadOnlyList<string>? idx, string? npz)
    {
        _idx = idx;
        _npz = npz;
    }

    /// <summary>For messages and <see cref="RawImageDataset.Source"/>.</summary>
    public string Place => _npz ?? Path.GetDirectoryName(_idx![0])!;

    public static DatasetFiles FromNpz(string path) => new(null, path);

    /// <summary>
    /// Looks into the dataset's subfolder of <paramref name="folder"/>, then into the folder itself. Takes plain IDX files before packed
    /// ones, and IDX before npz.
    /// Adds what was missing to <paramref name="tried"/>.
    /// </summary>
    public static DatasetFiles? Find(DatasetDescription dataset, string folder, ICollection<string> tried)
    {
        foreach (string? place in new[] { Path.Combine(folder, dataset.Subfolder), folder })
        {
            if (!Directory.Exists(place))
            {
                tried.Add($"{place}: no such folder");
                continue;
            }

            string?[] found = IdxParts.Select(p => FindIdx(place, p.Part, p.Kind)).ToArray();
            if (found.All(path => path is not null))
            {
                return new DatasetFiles(found!, null);
            }

            string? archive = dataset.NpzNames.Select(name => Path.Combine(place, name)).FirstOrDefault(File.Exists);
            if (archive is not null)
            {
                return FromNpz(archive);
            }

            string missing = string.Join(", ", IdxParts.Where((_, i) => found[i] is null).Select(p => $"{p.Part}-{p.Kind}"));
            tried.Add(
                found.All(path => path is null)
                    ? $"{place}: neither {string.Join(" nor ", dataset.NpzNames)} nor the IDX files {missing} (plain or .gz)"
                    : $"{place}: some IDX files are there, but {missing} (plain or .gz) missing"
            );
        }

        return null;
    }

    /// <summary>Reads and checks the arrays.</summary>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, or the arrays are not images of 28 x 28 bytes with as many labels of known classes.
    /// </exception>
    public RawImageDataset Read(DatasetDescription dataset)
    {
        var arrays = new List<NDArray>(4);
        try
        {
            if (_npz is not null)
            {
                ReadNpz(_npz, arrays);
            }
            else
            {
                ReadIdx(_idx!, arrays);
            }

            CheckPart("training", arrays[0], arrays[1], dataset);
            CheckPart("test", arrays[2], arrays[3], dataset);
            return new RawImageDataset(arrays[0], arrays[1], arrays[2], arrays[3], dataset.ClassNames, Place);
        }
        catch
        {
            foreach (NDArray array in arrays)
            {
                array.Dispose();
            }

            throw;
        }
    }

    private static string? FindIdx(string folder, string part, string kind)
    {
        foreach (string? name in new[] { $"{part}-{kind}", $"{part}.{kind}", $"{part}-{kind}.gz", $"{part}.{kind}.gz" })
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private static void ReadIdx(IReadOnlyList<string> paths, List<NDArray> arrays)
    {
        foreach (string path in paths)
        {
            arrays.Add(IdxFile.Read(path));
        }
    }

    private static void ReadNpz(string path, List<NDArray> arrays)
    {
        using ZipArchive archive = NpzArchive.Open(path);
        foreach (string name in new[] { "x_train", "y_train", "x_test", "y_test" })
        {
            arrays.Add(NpzArchive.ReadBytes(archive, path, name));
        }
    }

    private void CheckPart(string part, NDArray images, NDArray labels, DatasetDescription dataset)
    {
        bool isImages = images.typecode == NPTypeCode.Byte && images.shape is [> 0, Side, Side];
        if (!isImages)
        {
            throw Fault(
                $"its {part} images must be uint8 of shape (n, {Side}, {Side}), "
                    + $"and are {images.typecode} of shape ({string.Join(", ", images.shape)})"
            );
        }

        if (labels.typecode != NPTypeCode.Byte || labels.ndim != 1 || labels.shape[0] != images.shape[0])
        {
            throw Fault(
                Invariant(
                    $"its {part} labels must be uint8 of shape (n,), one for each of the {images.shape[0]} images, "
                        + $"and are {labels.typecode} of shape ({string.Join(", ", labels.shape)})"
                )
            );
        }

        int classes = dataset.ClassNames.Count;
        int bad = ArrayBytes.Span<byte>(labels).IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        if (bad >= 0)
        {
            throw Fault(
                Invariant(
                    $"its {part} labels must be from 0 to {classes - 1}, "
                        + $"and the one at place {bad} is {ArrayBytes.Span<byte>(labels)[bad]}"
                )
            );
        }

        InvalidDataException Fault(string what) =>
            new($"'{Place}' does not hold {dataset.Name}: {what}. Get the files anew, or name another folder.");
    }
}
