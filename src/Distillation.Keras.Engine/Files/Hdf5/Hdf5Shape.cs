namespace Distillation.Keras.Files.Hdf5;

/// <summary>How many values there are along each dimension.</summary>
internal static class Hdf5Shape
{
    private const int LargestRank = 32;

    /// <summary>Reads a dataspace message; <see langword="null"/> for the one that holds nothing at all.</summary>
    /// <remarks>Source: section IV.A.2.b of the HDF5 file format specification, version 3.0.</remarks>
    public static long[]? Read(Hdf5Bytes message)
    {
        byte version = message.Version(1, 2);
        int rank = message.U8();
        message.Skip(1);
        bool isNull = version == 2 ? message.U8() == 2 : Skipped(message);
        if (rank > LargestRank)
        {
            throw message.Fault(Invariant($"it has {rank} dimensions"));
        }

        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            ulong size = message.Length();
            shape[i] = size <= long.MaxValue ? (long)size : throw message.Fault(Invariant($"the dimension {i} has the size {size}"));
        }

        return isNull ? null : shape;

        static bool Skipped(Hdf5Bytes message)
        {
            message.Skip(5);
            return false;
        }
    }

    /// <summary>How large a dataset may grow along each dimension, by its dataspace message; -1 where there is no limit.</summary>
    /// <param name="message">The message, from its beginning.</param>
    /// <param name="shape">The shape in it.</param>
    public static long[] Limits(Hdf5Bytes message, long[] shape)
    {
        byte version = message.Version(1, 2);
        message.Skip(1);
        bool hasLimits = (message.U8() & 1) != 0;
        if (!hasLimits)
        {
            return shape;
        }

        message.Skip(version == 1 ? 5 : 1);
        for (int i = 0; i < shape.Length; i++)
        {
            message.Length();
        }

        long[] limits = new long[shape.Length];
        for (int i = 0; i < shape.Length; i++)
        {
            limits[i] = message.Limit() is ulong limit ? (long)Math.Min(limit, long.MaxValue) : -1;
            if (limits[i] >= 0 && limits[i] < shape[i])
            {
                throw message.Fault(Invariant($"the dimension {i} has the size {shape[i]}, but may have {limits[i]} at most"));
            }
        }

        return limits;
    }

    /// <summary>How many bytes values of that shape take; <see cref="ulong.MaxValue"/> where it is beyond all measure.</summary>
    public static ulong Bytes(ReadOnlySpan<long> shape, int size)
    {
        UInt128 bytes = (UInt128)size;
        foreach (long dimension in shape)
        {
            // A zero anywhere makes it empty, but must not hide an absurd dimension beside it.
            bytes = dimension == 0 ? 0 : bytes * (ulong)dimension;
            if (bytes > long.MaxValue)
            {
                return ulong.MaxValue;
            }
        }

        return (ulong)bytes;
    }

    public static string Text(ReadOnlySpan<long> shape) => $"({string.Join(", ", shape.ToArray().Select(d => Invariant($"{d}")))})";
}
