using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using Distillation.Keras.Backend;
using NumSharp;

namespace Distillation.Keras;

/// <summary>
/// Reads arrays of unsigned bytes from a NumPy archive (.npz), the form in which Keras caches MNIST.
/// </summary>
/// <remarks>
/// NumSharp reads npz too. This reader is for files from elsewhere: it compares the header with the file's own size before
/// it asks for memory, takes only the type that the datasets have, and so never meets pickled objects.
/// Source of the format: NumPy's <c>numpy/lib/format.py</c>.
/// </remarks>
internal static partial class NpzBytes
{
    private const int LargestHeader = 10_000;

    /// <summary>Reads the array called <paramref name="array"/>. The caller disposes it.</summary>
    /// <exception cref="InvalidDataException">It is missing, damaged, or not an array of uint8 in C order.</exception>
    public static NDArray Read(ZipArchive archive, string path, string array)
    {
        InvalidDataException Fault(string what, Exception? inner = null) =>
            new($"The array '{array}' of '{path}' cannot be read: {what}. "
                + "An archive of images holds x_train, y_train, x_test and y_test as unsigned bytes, as Keras' mnist.npz does.", inner);

        var entry = archive.GetEntry(array + ".npy")
            ?? throw Fault($"it is missing; the archive holds {string.Join(", ", archive.Entries.Select(e => e.FullName))}");
        using var stream = Open(entry, Fault);
        return ReadArray(stream, entry, Fault);
    }

    private static Stream Open(ZipArchiveEntry entry, Func<string, Exception?, InvalidDataException> fault)
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

    private static NDArray ReadArray(Stream stream, ZipArchiveEntry entry, Func<string, Exception?, InvalidDataException> fault)
    {
        Span<byte> start = stackalloc byte[8];
        if (ArrayBytes.Read(stream, start, fault) < 8 || start[0] != 0x93 || !start[1..].StartsWith("NUMPY"u8))
            throw fault("it does not start as a NumPy array does", null);
        // Version 1 gives the header's length in two bytes, later ones in four.
        Span<byte> lengthBytes = stackalloc byte[4];
        lengthBytes.Clear();
        var lengthSize = start[6] == 1 ? 2 : 4;
        if (ArrayBytes.Read(stream, lengthBytes[..lengthSize], fault) < lengthSize)
            throw fault("it ends within its header", null);
        var headerLength = BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (headerLength > LargestHeader)
            throw fault($"its header says to be {headerLength} bytes long, and {LargestHeader} is the most", null);
        var headerBytes = new byte[headerLength];
        if (ArrayBytes.Read(stream, headerBytes, fault) < headerBytes.Length)
            throw fault("it ends within its header", null);

        var header = Encoding.Latin1.GetString(headerBytes).TrimEnd();
        var match = Header().Match(header);
        if (!match.Success)
            throw fault($"its header must say descr '|u1' (unsigned bytes), fortran_order False and a shape, and says {header}", null);
        // NumPy on Python 2 wrote long integers with an L.
        var dimensions = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(n => long.TryParse(n.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1)
            .ToArray();
        var count = ArrayBytes.CountOf(dimensions, 1);
        var expected = start.Length + lengthSize + headerLength + count;
        if (count < 0 || entry.Length != expected || expected > entry.CompressedLength * ArrayBytes.LargestDeflateRatio)
        {
            throw fault($"its header says the shape ({match.Groups["shape"].Value}), which does not agree with its size of {entry.Length} bytes "
                + Invariant($"({entry.CompressedLength} packed)"), null);
        }

        var result = new NDArray(NPTypeCode.Byte, new NumSharp.Shape(dimensions), false);
        try
        {
            var read = ArrayBytes.Fill(stream, result, fault);
            if (read < count)
                throw fault(Invariant($"it ends after {read} of {count} values"), null);

            // .NET's archive does not compare them: a flipped bit would be a wrong pixel.
            var checksum = new Crc32();
            checksum.Append(start);
            checksum.Append(lengthBytes[..lengthSize]);
            checksum.Append(headerBytes);
            ArrayBytes.AppendTo(checksum, result);
            var found = checksum.GetCurrentHashAsUInt32();
            if (found != entry.Crc32)
                throw fault($"its checksum is {found:x8}, and the archive says {entry.Crc32:x8}: its bytes are not those that were written. Get the file anew", null);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    [GeneratedRegex(@"^\{'descr': '\|u1', 'fortran_order': False, 'shape': \((?<shape>[0-9L, ]*)\), ?\}$", RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
