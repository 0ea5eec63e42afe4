using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.Hdf5;

/// <summary>The type of the values of a dataset or an attribute.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Size">How many bytes one takes in the file.</param>
/// <param name="IsBigEndian">Whether the most significant byte comes first.</param>
internal sealed record Hdf5Type(Hdf5Kind Kind, int Size, bool IsBigEndian)
{
    /// <summary>
    /// The smallest tensor type that has the values; <see langword="null"/> where there is none. Numbers of uint64 have it up to 2^63 - 1.
    /// </summary>
    public ScalarType? ScalarType =>
        (Kind, Size) switch
        {
            (Hdf5Kind.Float, 2) => torch.ScalarType.Float16,
            (Hdf5Kind.Float, 4) => torch.ScalarType.Float32,
            (Hdf5Kind.Float, 8) => torch.ScalarType.Float64,
            (Hdf5Kind.Integer, 1) => torch.ScalarType.Int8,
            (Hdf5Kind.Integer, 2) => torch.ScalarType.Int16,
            (Hdf5Kind.Integer, 4) => torch.ScalarType.Int32,
            (Hdf5Kind.Integer, 8) => torch.ScalarType.Int64,
            (Hdf5Kind.Unsigned, 1) => torch.ScalarType.Byte,
            (Hdf5Kind.Unsigned, 2) => torch.ScalarType.Int32,
            (Hdf5Kind.Unsigned, 4 or 8) => torch.ScalarType.Int64,
            (Hdf5Kind.BFloat16, 2) => torch.ScalarType.BFloat16,
            (Hdf5Kind.Bool, 1) => torch.ScalarType.Bool,
            _ => null,
        };

    /// <summary>Whether the tensor type has not all that the bytes can be.</summary>
    public bool IsRestricted => Kind is Hdf5Kind.Bool || (Kind, Size) is (Hdf5Kind.Unsigned, 8);

    /// <summary>Refuses values that the tensor type has not.</summary>
    /// <param name="values">The values as they are in the file.</param>
    /// <param name="what">The dataset, for messages.</param>
    public void Check(ReadOnlySpan<byte> values, string what)
    {
        if (Kind is Hdf5Kind.Bool && values.ContainsAnyExceptInRange<byte>(0, 1))
        {
            throw Hdf5Source.Fault(what, "a boolean of it is neither FALSE nor TRUE, 0 nor 1");
        }

        if ((Kind, Size) is (Hdf5Kind.Unsigned, 8))
        {
            for (int i = IsBigEndian ? 0 : 7; i < values.Length; i += 8)
            {
                if (values[i] > 0x7F)
                {
                    throw Hdf5Source.Fault(
                        what,
                        "a number of it, of type uint64, is larger than 2^63 - 1, the largest of the int64 that such numbers are read as"
                    );
                }
            }
        }
    }

    /// <summary>Reads a datatype message.</summary>
    /// <remarks>Source: section IV.A.2.d of the HDF5 file format specification, version 3.0.</remarks>
    public static Hdf5Type Read(Hdf5Bytes message)
    {
        byte classAndVersion = message.U8();
        uint bits = (uint)message.Number(3);
        int size = checked((int)Math.Min(message.U32(), int.MaxValue));
        bool bigEndian = (bits & 1) != 0;
        return (classAndVersion & 0xF) switch
        {
            0 => Whole(message, bits, size, bigEndian),
            1 => Real(message, bits, size, bigEndian),
            3 => new Hdf5Type(Hdf5Kind.FixedText, size, IsBigEndian: false),
            5 => new Hdf5Type(Hdf5Kind.Opaque, size, IsBigEndian: false),
            8 => Enumeration(message, (int)(bits & 0xFFFF), size, isPadded: classAndVersion >> 4 < 3),
            9 when (bits & 0xF) == 1 => new Hdf5Type(Hdf5Kind.Text, size, IsBigEndian: false),
            _ => new Hdf5Type(Hdf5Kind.Other, size, IsBigEndian: false),
        };
    }

    public override string ToString() =>
        Kind switch
        {
            Hdf5Kind.Integer => Invariant($"int{8 * Size}"),
            Hdf5Kind.Unsigned => Invariant($"uint{8 * Size}"),
            Hdf5Kind.Float => Invariant($"float{8 * Size}"),
            Hdf5Kind.BFloat16 => "bfloat16",
            Hdf5Kind.Bool => "bool",
            Hdf5Kind.FixedText or Hdf5Kind.Text => "text",
            Hdf5Kind.Opaque => Invariant($"opaque values of {Size} bytes"),
            _ => "values of another type (compound, array, reference, enumeration, or numbers in another form)",
        };

    private static Hdf5Type Whole(Hdf5Bytes message, uint bits, int size, bool bigEndian)
    {
        bool isPlain = message.U16() == 0 && message.U16() == 8 * size && size is 1 or 2 or 4 or 8;
        return !isPlain ? new Hdf5Type(Hdf5Kind.Other, size, bigEndian)
            : (bits & 8) != 0 ? new Hdf5Type(Hdf5Kind.Integer, size, bigEndian)
            : new Hdf5Type(Hdf5Kind.Unsigned, size, bigEndian);
    }

    // The place of the sign, and of exponent and mantissa, their sizes and the bias are those of IEEE 754 or it is another type.
    private static Hdf5Type Real(Hdf5Bytes message, uint bits, int size, bool bigEndian)
    {
        (ushort offset, ushort precision) = (message.U16(), message.U16());
        (byte exponentAt, byte exponent, byte mantissaAt, byte mantissa) = (message.U8(), message.U8(), message.U8(), message.U8());
        uint bias = message.U32();
        bool isPlain =
            offset == 0
            && precision == 8 * size
            && (bits >> 8 & 0xFF) == (uint)((8 * size) - 1)
            && (bits & 0x40) == 0
            && mantissaAt == 0
            && exponentAt == mantissa;
        Hdf5Kind kind = (size, exponent, mantissa, bias) switch
        {
            (2, 5, 10, 15) or (4, 8, 23, 127) or (8, 11, 52, 1023) => Hdf5Kind.Float,
            (2, 8, 7, 127) => Hdf5Kind.BFloat16,
            _ => Hdf5Kind.Other,
        };
        return new Hdf5Type(isPlain ? kind : Hdf5Kind.Other, size, bigEndian);
    }

    // What h5py writes for booleans: integers of one byte, of which 0 is FALSE and 1 is TRUE.
    private static Hdf5Type Enumeration(Hdf5Bytes message, int count, int size, bool isPadded)
    {
        var other = new Hdf5Type(Hdf5Kind.Other, size, IsBigEndian: false);
        if ((message.U8() & 0xF) != 0 || count != 2)
        {
            return other;
        }

        uint bits = (uint)message.Number(3);
        Hdf5Type values = Whole(message, bits, (int)Math.Min(message.U32(), int.MaxValue), bigEndian: false);
        if (values is not { Kind: Hdf5Kind.Integer or Hdf5Kind.Unsigned, Size: 1 } || size != 1)
        {
            return other;
        }

        string[] names = [Name(), Name()];
        (byte first, byte second) = (message.U8(), message.U8());
        return (names[0], first, names[1], second) is ("FALSE", 0, "TRUE", 1) or ("TRUE", 1, "FALSE", 0)
            ? new Hdf5Type(Hdf5Kind.Bool, 1, IsBigEndian: false)
            : other;

        string Name()
        {
            int length = message.Rest.IndexOf((byte)0);
            if (length < 0)
            {
                throw message.Fault("a name of its enumeration has no end");
            }

            string name = message.Text(length + 1);
            message.Skip(isPadded ? 7 - (length % 8) : 0);
            return name;
        }
    }
}
