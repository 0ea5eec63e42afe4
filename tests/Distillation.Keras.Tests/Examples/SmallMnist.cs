using System.Buffers.Binary;

namespace Distillation.Keras.Tests.Examples;

/// <summary>A folder with a few images in the form of MNIST's files.</summary>
internal static class SmallMnist
{
    /// <summary>Writes 60 training images and 30 test images, whose rows tell their class.</summary>
    public static void Write(string folder)
    {
        foreach ((string part, int count) in new[] { ("train", 60), ("t10k", 30) })
        {
            byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];
            byte[] images = [.. labels.SelectMany(label => Enumerable.Range(0, 784).Select(p => (byte)(p / 28 / 2 == label ? 255 : 0)))];
            File.WriteAllBytes(Path.Combine(folder, $"{part}-images-idx3-ubyte"), Idx([count, 28, 28], images));
            File.WriteAllBytes(Path.Combine(folder, $"{part}-labels-idx1-ubyte"), Idx([count], labels));
        }
    }

    // Two zeros, the type (8: bytes), the number of dimensions, each of these as four bytes, the values.
    private static byte[] Idx(int[] dimensions, byte[] values)
    {
        byte[] header = new byte[4 + (4 * dimensions.Length)];
        header[2] = 8;
        header[3] = (byte)dimensions.Length;
        for (int i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), dimensions[i]);
        }

        return [.. header, .. values];
    }
}
