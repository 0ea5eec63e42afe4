using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>Writes small datasets in the published formats, byte by byte, so that the readers are not tested by their own kin.</summary>
internal static class SmallDataset
{
    public static readonly string[] IdxNames =
    [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];

    /// <summary>The labels of the training part; image i is all <see cref="Pixel"/>.</summary>
    public static readonly byte[] TrainLabels = [3, 9, 0];

    public static readonly byte[] TestLabels = [7, 1];

    public static byte Pixel(int image, int salt) => (byte)((50 * image) + salt);

    /// <summary>
    /// The content of the four files, in the order of <see cref="IdxNames"/>. <paramref name="salt"/> tells datasets apart.
    /// </summary>
    public static byte[][] Idx(int salt) =>
        [Idx(8, [3, 28, 28], Images(3, salt)), Idx(8, [3], TrainLabels), Idx(8, [2, 28, 28], Images(2, salt)), Idx(8, [2], TestLabels)];

    public static void WriteIdx(string folder, int salt = 0, string ending = "", Func<string, string>? rename = null)
    {
        Directory.CreateDirectory(folder);
        foreach ((string? name, byte[]? content) in IdxNames.Zip(Idx(salt)))
        {
            File.WriteAllBytes(Path.Combine(folder, (rename?.Invoke(name) ?? name) + ending), ending == ".gz" ? Gzip(content) : content);
        }
    }

    public static byte[] Npz(int salt = 0) =>
        Zip(
            ("x_test.npy", Npy("(2, 28, 28)", Images(2, salt))),
            ("x_train.npy", Npy("(3, 28, 28)", Images(3, salt))),
            ("y_train.npy", Npy("(3,)", TrainLabels)),
            ("y_test.npy", Npy("(2,)", TestLabels))
        );

    public static byte[] Idx(byte type, int[] dimensions, byte[] values)
    {
        byte[] header = new byte[4 + (4 * dimensions.Length)];
        header[2] = type;
        header[3] = (byte)dimensions.Length;
        for (int i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), dimensions[i]);
        }

        return [.. header, .. values];
    }

    public static byte[] Images(int count, int salt) =>
        [.. Enumerable.Range(0, count).SelectMany(i => Enumerable.Repeat(Pixel(i, salt), 28 * 28))];

    /// <summary>An array as NumPy writes it: format 1.0, the header padded with spaces to a multiple of 64 bytes.</summary>
    public static byte[] Npy(string shape, byte[] values, string descr = "|u1", string fortran = "False")
    {
        string header = $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. values];
    }

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string? name, byte[]? content) in entries)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }

    /// <summary>Asserts that it is the dataset with this salt.</summary>
    public static void Check(RawImageDataset data, int salt)
    {
        Assert.Multiple(() =>
        {
            Assert.That(data.TrainX.shape, Is.EqualTo(new long[] { 3, 28, 28 }));
            Assert.That(data.TestX.shape, Is.EqualTo(new long[] { 2, 28, 28 }));
            Assert.That(data.TrainX.ToArray<byte>(), Is.EqualTo(Images(3, salt)));
            Assert.That(data.TestX.ToArray<byte>(), Is.EqualTo(Images(2, salt)));
            Assert.That(data.TrainY.ToArray<byte>(), Is.EqualTo(TrainLabels));
            Assert.That(data.TestY.ToArray<byte>(), Is.EqualTo(TestLabels));
        });
    }
}
