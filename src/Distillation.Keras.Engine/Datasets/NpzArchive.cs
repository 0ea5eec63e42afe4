using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using Distillation.Keras.Backend;
using NumSharp;

namespace Distillation.Keras;

/// <summary>Reads arrays from a NumPy archive (<c>.npz</c>), as <c>numpy.savez</c> and <c>numpy.savez_compressed</c> write it.</summary>
/// <remarks>
/// For files from elsewhere: a header is compared with the file's own size before memory is asked for, and the values with their checksum.
/// Numbers and booleans in C order, least byte first; no pickled objects. Thread-safe. Source of the format: NumPy's
/// <c>numpy/lib/format.py</c>.
/// </remarks>
public static partial class NpzArchive
{
    private const int LargestHeader = 10_000;
    private const string Bytes = "|u1";

    private static readonly Dictionary<string, NPTypeCode> Types = new(StringComparer.Ordinal)
    {
        ["|b1"] = NPTypeCode.Boolean,
        [Bytes] = NPTypeCode.Byte,
        ["|i1"] = NPTypeCode.SByte,
        ["<u2"] = NPTypeCode.UInt16,
        ["<i2"] = NPTypeCode.Int16,
        ["<u4"] = NPTypeCode.UInt32,
        ["<i4"] = NPTypeCode.Int32,
        ["<u8"] = NPTypeCode.UInt64,
        ["<i8"] = NPTypeCode.Int64,
        ["<f2"] = NPTypeCode.Half,
        ["<f4"] = NPTypeCode.Single,
        ["<f8"] = NPTypeCode.Double,
    };

    /// <summary>Reads all arrays of an archive.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The arrays by their names (of unnamed ones <c>arr_0</c>, <c>arr_1</c>, ...), owned by the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// It is no such archive, it is damaged, or an array has another type, another order or more than 2 GiB.
    /// </exception>
    public static IReadOnlyDictionary<string, NDArray> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using ZipArchive archive = Open(path);
        var arrays = new Dictionary<string, NDArray>(StringComparer.Ordinal);
        try
        {
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                string name = entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName;
                if (arrays.ContainsKey(name))
                {
                    throw new InvalidDataException(
                        $"Each array of an npz archive has a name of its own, but '{path}' holds two called '{name}'. Write it anew."
                    );
                }

                arrays[name] = Read(
                    entry,
                    Fault(
                        path,
                        name,
                        "Arrays are written by numpy.savez: numbers or booleans, in C order (numpy.ascontiguousarray), no objects."
                    ),
                    null
                );
            }
        }
        catch
        {
            foreach (NDArray array in arrays.Values)
            {
                array.Dispose();
            }

            throw;
        }

        return arrays;
    }

    /// <summary>Opens an archive.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static ZipArchive Open(string path)
    {
        FileStream file = InputFile.Open(path, "An npz archive");
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read);
        }
        catch (InvalidDataException e)
        {
            using (file)
            {
                throw new InvalidDataException(
                    $"'{path}' is not a sound npz archive: {Found(file)}. Get the file anew, or write it by numpy.savez.",
                    e
                );
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // What the user can tell from it: .NET speaks of the parts of an archive.
    private static string Found(FileStream file)
    {
        Span<byte> start = stackalloc byte[4];
        file.Position = 0;
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        return start.IsEmpty ? "it is empty"
            : start.StartsWith("PK"u8) ? "its end, where the arrays are listed, is cut off or damaged"
            : $"it starts with the bytes {Convert.ToHexString(start)}, and an archive starts with 504B";
    }

    /// <summary>Reads an array of unsigned bytes, the form in which Keras caches MNIST. The caller disposes it.</summary>
    /// <exception cref="InvalidDataException">It is missing, damaged, or not an array of uint8 in C order.</exception>
    internal static NDArray ReadBytes(ZipArchive archive, string path, string array)
    {
        Func<string, Exception?, InvalidDataException> fault = Fault(
            path,
            array,
            "An archive of images holds x_train, y_train, x_test and y_test as unsigned bytes, as Keras' mnist.npz does."
        );
        ZipArchiveEntry entry =
            archive.GetEntry(array + ".npy")
            ?? throw fault(
                "it is missing; the archive holds "
                    + $"{(archive.Entries.Count == 0 ? "nothing" : string.Join(", ", archive.Entries.Select(e => e.FullName)))}",
                null
            );
        return Read(entry, fault, Bytes);
    }

    private static Func<string, Exception?, InvalidDataException> Fault(string path, string array, string remedy) =>
        (what, inner) => new($"The array '{array}' of '{path}' cannot be read: {what}. {remedy}", inner);

    private static NDArray Read(ZipArchiveEntry entry, Func<string, Exception?, InvalidDataException> fault, string? only)
    {
        using Stream stream = Unpack(entry, fault);
        Span<byte> start = stackalloc byte[8];
        if (ArrayBytes.Read(stream, start, fault) < 8 || start[0] != 0x93 || !start[1..].StartsWith("NUMPY"u8))
        {
            throw fault("it does not start as a NumPy array does", null);
        }

        // Version 1 gives the header's length in two bytes, later ones in four.
        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        int lengthSize = start[6] == 1 ? 2 : 4;
        if (ArrayBytes.Read(stream, lengthBytes[..lengthSize], fault) < lengthSize)
        {
            throw fault("it ends within its header", null);
        }

        uint headerLength = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (headerLength > LargestHeader)
        {
            throw fault($"its header says to be {headerLength} bytes long, and {LargestHeader} is the most", null);
        }

        byte[] headerBytes = new byte[headerLength];
        if (ArrayBytes.Read(stream, headerBytes, fault) < headerBytes.Length)
        {
            throw fault("it ends within its header", null);
        }

        string header = Encoding.Latin1.GetString(headerBytes).TrimEnd();
        Match match = Header().Match(header);
        if (
            !match.Success
            || !Types.TryGetValue(match.Groups["type"].Value, out NPTypeCode type)
            || (only is not null && match.Groups["type"].Value != only)
        )
        {
            throw fault(
                $"its header must say descr {(only is null ? $"'{string.Join("', '", Types.Keys)}'" : $"'{only}' (unsigned bytes)")}, "
                    + $"fortran_order False and a shape, and says {header}",
                null
            );
        }

        // NumPy on Python 2 wrote long integers with an L.
        long[] dimensions =
        [
            .. match
                .Groups["shape"]
                .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(n => long.TryParse(n.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : -1),
        ];
        int itemSize = match.Groups["type"].Value[2] - '0';
        long count = ArrayBytes.CountOf(dimensions, itemSize);
        long expected = start.Length + lengthSize + headerLength + (count * itemSize);
        if (count < 0 || entry.Length != expected || expected > entry.CompressedLength * ArrayBytes.LargestDeflateRatio)
        {
            throw fault(
                Invariant(
                    $"its header says the shape ({match.Groups["shape"].Value}), which does not agree with its size of {entry.Length} "
                        + $"bytes ({entry.CompressedLength} packed)"
                ),
                null
            );
        }

        var result = new NDArray(type, new NumSharp.Shape(dimensions), false);
        try
        {
            long read = ArrayBytes.Fill(stream, result, fault);
            if (read < count * itemSize)
            {
                throw fault(Invariant($"it ends after {read / itemSize} of {count} values"), null);
            }

            // .NET's archive does not compare them: a flipped bit would be a wrong pixel.
            var checksum = new Crc32();
            checksum.Append(start);
            checksum.Append(lengthBytes[..lengthSize]);
            checksum.Append(headerBytes);
            ArrayBytes.AppendTo(checksum, result);
            uint found = checksum.GetCurrentHashAsUInt32();
            if (found != entry.Crc32)
            {
                throw fault(
                    $"its checksum is {found:x8}, and the archive says {entry.Crc32:x8}: its bytes are not those that were written. Get "
                        + "the file anew",
                    null
                );
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static Stream Unpack(ZipArchiveEntry entry, Func<string, Exception?, InvalidDataException> fault)
    {
        try
        {
            return entry.Open();
        }
        catch (InvalidDataException e)
        {
            throw fault("its packing is damaged", e);
        }
    }

    [GeneratedRegex(
        @"^\{'descr': '(?<type>[^']+)', 'fortran_order': False, 'shape': \((?<shape>[0-9L, ]*)\), ?\}$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Header();
}
