using System.IO.Compression;

namespace Distillation.Keras.Testing;

/// <summary>Damages of files, of which a reader must refuse what it cannot read, and never fail otherwise.</summary>
public static class FileMutations
{
    private static readonly byte[] Telling = [0x00, 0x01, 0x7F, 0x80, 0xFF];

    /// <summary>
    /// A damaged copy of a file: bits flipped, bytes and numbers overwritten, parts moved, cut out or repeated, the end missing.
    /// </summary>
    /// <param name="file">The file, which has at least 16 bytes.</param>
    /// <param name="random">Says what happens where: the same seed gives the same damages.</param>
    public static byte[] Of(byte[] file, Random random)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(random);
        byte[] damaged = (byte[])file.Clone();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            damaged = Once(damaged, random);
        }

        return damaged;
    }

    /// <summary>A <c>.keras</c> of which one member is damaged, with the checksum that it then has.</summary>
    /// <param name="archive">The file.</param>
    /// <param name="random">As above.</param>
    public static byte[] OfMember(byte[] archive, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var made = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(archive)))
        using (var to = new ZipArchive(made, ZipArchiveMode.Create, leaveOpen: true))
        {
            int chosen = random.Next(from.Entries.Count);
            for (int i = 0; i < from.Entries.Count; i++)
            {
                using Stream member = from.Entries[i].Open();
                var content = new MemoryStream();
                member.CopyTo(content);
                byte[] bytes = content.ToArray();
                using Stream target = to.CreateEntry(from.Entries[i].FullName, CompressionLevel.NoCompression).Open();
                target.Write(i == chosen && bytes.Length > 16 ? Of(bytes, random) : bytes);
            }
        }

        return made.ToArray();
    }

    private static byte[] Once(byte[] file, Random random)
    {
        int at = random.Next(file.Length);
        int length = Math.Min(random.Next(1, 64), file.Length - at);
        switch (random.Next(8))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case 1:
                file[at] = Telling[random.Next(Telling.Length)];
                return file;
            case 2:
                // A number, as large as it can be or just beyond a limit.
                for (int i = 0; i < Math.Min(8, file.Length - at); i++)
                {
                    file[at + i] = (byte)(random.Next(2) == 0 ? 0xFF : 0);
                }

                return file;
            case 3:
                Array.Copy(file, random.Next(file.Length - length + 1), file, at, length);
                return file;
            case 4:
                return file.Length - length < 16 ? file : [.. file[..at], .. file[(at + length)..]];
            case 5:
                return [.. file[..at], .. file[at..(at + length)], .. file[at..]];
            case 6:
                return at < 16 ? file : file[..at];
            default:
                // An address or a size that is another one of the file.
                CopyNumber(file, 8 * random.Next(file.Length / 8), 8 * (at / 8));
                return file;
        }
    }

    private static void CopyNumber(byte[] file, int from, int to) =>
        Array.Copy(file, from, file, to, Math.Min(8, file.Length - Math.Max(from, to)));
}
