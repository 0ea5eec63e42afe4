using System.Buffers.Binary;
using System.Numerics;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>The checksum of HDF5's newer structures.</summary>
/// <remarks>Source: "lookup3" by Bob Jenkins, in the public domain, <c>hashlittle</c> with the initial value 0.</remarks>
internal static class Hdf5Checksum
{
    /// <summary>Refuses a structure whose last four bytes are not the checksum of those before.</summary>
    public static void Verify(Hdf5Bytes structure, int length)
    {
        if (length > structure.All.Length)
        {
            throw structure.Fault("it ends before its checksum");
        }

        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(structure.All[(length - 4)..]);
        if (stored != Of(structure.All[..(length - 4)]))
        {
            throw structure.Fault("its checksum does not fit");
        }
    }

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint a = 0xdeadbeef + (uint)bytes.Length,
            b = a,
            c = a;
        while (bytes.Length > 12)
        {
            a += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            b += BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            c += BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            a = (a - c) ^ BitOperations.RotateLeft(c, 4);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 6);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 8);
            b += a;
            a = (a - c) ^ BitOperations.RotateLeft(c, 16);
            c += b;
            b = (b - a) ^ BitOperations.RotateLeft(a, 19);
            a += c;
            c = (c - b) ^ BitOperations.RotateLeft(b, 4);
            b += a;
            bytes = bytes[12..];
        }

        if (bytes.IsEmpty)
        {
            return c;
        }

        Span<byte> last = stackalloc byte[12];
        last.Clear();
        bytes.CopyTo(last);
        a += BinaryPrimitives.ReadUInt32LittleEndian(last);
        b += BinaryPrimitives.ReadUInt32LittleEndian(last[4..]);
        c += BinaryPrimitives.ReadUInt32LittleEndian(last[8..]);
        c = (c ^ b) - BitOperations.RotateLeft(b, 14);
        a = (a ^ c) - BitOperations.RotateLeft(c, 11);
        b = (b ^ a) - BitOperations.RotateLeft(a, 25);
        c = (c ^ b) - BitOperations.RotateLeft(b, 16);
        a = (a ^ c) - BitOperations.RotateLeft(c, 4);
        b = (b ^ a) - BitOperations.RotateLeft(a, 14);
        return (c ^ b) - BitOperations.RotateLeft(b, 24);
    }
}
