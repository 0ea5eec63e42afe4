using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Distillation.Keras.Backend;
using Distillation.Keras.Files.Hdf5;

namespace Distillation.Keras.Files;

/// <summary>
/// A <c>.keras</c> file from elsewhere: a zip archive whose members are read, never unpacked into the file system by their names.
/// </summary>
internal sealed class KerasArchive : IDisposable
{
    public const string Config = "config.json";
    public const string Metadata = "metadata.json";
    public const string Weights = "model.weights.h5";

    private const int InMemory = 1 << 24;
    private const int Beginning = 1 << 16;

    // What unpacks to more, and to so many times its size, is made to fill a disk.
    private const long LargestBomb = 1L << 28;
    private const long LargestRatio = 200;

    // The upper half of a member's attributes is its Unix mode.
    private const int TypeBits = 0xF000;
    private const int SymbolicLink = 0xA000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _members = new(StringComparer.Ordinal);

    private KerasArchive(ZipArchive zip)
    {
        _zip = zip;
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            string name = entry.FullName;
            if (
                name.StartsWith('/')
                || name.Contains('\\', StringComparison.Ordinal)
                || name.Contains(':', StringComparison.Ordinal)
                || name.Contains('\0', StringComparison.Ordinal)
                || name.Split('/').Contains("..")
            )
            {
                throw new ModelFormatException(
                    $"A member of the archive is called '{Shown(name)}', which would lead out of it. No tool of Keras writes such a name."
                );
            }

            if (entry.IsEncrypted)
            {
                throw new ModelFormatException($"The member '{Shown(name)}' of the archive is encrypted. Encrypted members are not read.");
            }

            if ((entry.ExternalAttributes >> 16 & TypeBits) == SymbolicLink)
            {
                throw new ModelFormatException($"The member '{Shown(name)}' of the archive is a symbolic link. Links are not followed.");
            }

            if (!_members.TryAdd(name, entry))
            {
                throw new ModelFormatException(
                    $"Two members of the archive are called '{Shown(name)}'. Programs differ in which one they take, so none is taken."
                );
            }
        }
    }

    public IEnumerable<string> Names => _members.Keys;

    /// <summary>Opens an archive.</summary>
    /// <exception cref="ModelFormatException">It is none, or a member has a name or kind that leads out of it.</exception>
    public static KerasArchive Open(Stream file)
    {
        try
        {
            return new KerasArchive(new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true, Strict));
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }

    public bool Has(string member) => _members.ContainsKey(member);

    /// <summary>A member that is text.</summary>
    /// <exception cref="ModelFormatException">It is not there, it is no UTF-8, or it is damaged.</exception>
    public string Text(string member)
    {
        using Stream content = Content(member, JsonText.Largest, static _ => { });
        byte[] bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        try
        {
            return Strict.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException($"The member '{member}' of the archive is not text in UTF-8.", e);
        }
    }

    /// <summary>The member that holds the weights, as a stream that can seek; in memory, or in a temporary file if it is large.</summary>
    public Stream OpenWeights() =>
        Content(
            Weights,
            long.MaxValue,
            static begin =>
            {
                if (Hdf5Source.Signature(begin) is null)
                {
                    throw new ModelFormatException($"The member '{Weights}' of the archive is no HDF5 file: it does not begin as one.");
                }
            }
        );

    public void Dispose() => _zip.Dispose();

    private Stream Content(string member, long most, Action<Stream> check)
    {
        if (!_members.TryGetValue(member, out ZipArchiveEntry? entry))
        {
            throw new ModelFormatException(
                $"The archive has no member '{member}', which a .keras file has. It has: {Shown(string.Join(", ", Names.Take(8)))}."
            );
        }

        if (entry.Length > most || (entry.Length > LargestBomb && entry.Length / LargestRatio > entry.CompressedLength))
        {
            throw new ModelFormatException(
                Invariant(
                    $"The member '{member}' of the archive would be {entry.Length} bytes large, packed into "
                        + $"{entry.CompressedLength}: it is made to fill the memory or the disk."
                )
            );
        }

        Stream content = entry.Length <= InMemory ? new MemoryStream() : TemporaryFile.Create();
        try
        {
            Copy(entry, member, content, check);
            content.Position = 0;
            return content;
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    // .NET takes a member as it is: neither its checksum nor its size is compared with what was written down.
    private static void Copy(ZipArchiveEntry entry, string member, Stream content, Action<Stream> check)
    {
        var checksum = new Crc32();
        byte[] buffer = new byte[Beginning];
        try
        {
            using Stream packed = entry.Open();
            for (long done = 0; ; )
            {
                int read = packed.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                if (done == 0)
                {
                    check(new MemoryStream(buffer, 0, read));
                }

                done += read;
                if (done > entry.Length)
                {
                    throw new InvalidDataException("it is larger than it says");
                }

                checksum.Append(buffer.AsSpan(0, read));
                content.Write(buffer, 0, read);
                if (read < buffer.Length)
                {
                    break;
                }
            }
        }
        catch (NotSupportedException e)
        {
            throw new ModelFormatException(
                $"The member '{member}' of the archive is packed in a way that is not read: {e.Message} Store or deflate it.",
                e
            );
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw new ModelFormatException(
                $"The member '{member}' of the archive is damaged: {e.Message}. Copy or download the file again.",
                e
            );
        }

        if (content.Length != entry.Length || checksum.GetCurrentHashAsUInt32() != entry.Crc32)
        {
            throw new ModelFormatException(
                $"The member '{member}' of the archive is damaged: its {(content.Length != entry.Length ? "size" : "checksum")} "
                    + "does not fit. "
                    + "Copy or download the file again."
            );
        }
    }

    private static bool IsDamage(Exception e) =>
        e
            is InvalidDataException
                or EndOfStreamException
                or NotSupportedException
                or OverflowException
                or ArgumentException
                or IndexOutOfRangeException;

    private static ModelFormatException Damaged(Exception e) =>
        new($"It begins as a zip archive, which a .keras file is, but is damaged or cut off: {e.Message} Copy or download it again.", e);

    private static string Shown(string name)
    {
        string text = string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
        return text.Length <= 200 ? text : text[..200] + "...";
    }
}
