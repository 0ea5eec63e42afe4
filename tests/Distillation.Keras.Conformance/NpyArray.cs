using System.Globalization;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>An array of NumPy's <c>.npy</c> format (versions 1 to 3, little-endian, C or Fortran order), as bytes.</summary>
/// <remarks>Source: <c>numpy/lib/format.py</c>.</remarks>
public sealed class NpyArray
{
    private readonly byte[] _data;

    /// <summary>An array from its parts.</summary>
    public NpyArray(ScalarType type, long[] shape, byte[] data)
    {
        long expected = shape.Aggregate(1L, (a, b) => checked(a * b)) * type.ElementSize();
        if (data.Length != expected)
        {
            throw new FixtureException(
                $"An array of {type} and shape ({string.Join(", ", shape)}) has {expected} bytes, but there are {data.Length}."
            );
        }

        Type = type;
        Shape = shape;
        _data = data;
    }

    /// <summary>The elements' type.</summary>
    public ScalarType Type { get; }

    /// <summary>The sizes of the axes.</summary>
    public long[] Shape { get; }

    /// <summary>A copy of the elements, in C order.</summary>
    public byte[] ToBytes() => (byte[])_data.Clone();

    /// <summary>A new tensor of the array's own type, in the ambient dispose scope.</summary>
    public Tensor ToTensor()
    {
        Tensor result = empty(Shape, Type);
        if (_data.Length > 0)
        {
            _data.CopyTo(result.bytes);
        }

        return result;
    }

    /// <summary>Reads one array.</summary>
    /// <exception cref="FixtureException">It is not an array of the format, or of a type that the fixtures do not use.</exception>
    public static NpyArray Read(Stream stream, string name)
    {
        byte[] bytes;
        using (var memory = new MemoryStream())
        {
            stream.CopyTo(memory);
            bytes = memory.ToArray();
        }

        if (bytes.Length < 12 || bytes[0] != 0x93 || Encoding.ASCII.GetString(bytes, 1, 5) != "NUMPY")
        {
            throw new FixtureException($"'{name}' is not a NumPy array: the signature is missing.");
        }

        (int start, int length) = bytes[6] switch
        {
            1 => (10, BitConverter.ToUInt16(bytes, 8)),
            2 or 3 => (12, checked((int)BitConverter.ToUInt32(bytes, 8))),
            byte version => throw new FixtureException($"'{name}' is of version {version} of NumPy's format; 1, 2 and 3 can be read."),
        };
        if (start + length > bytes.Length)
        {
            throw new FixtureException($"'{name}' ends inside its header.");
        }

        string header = Encoding.UTF8.GetString(bytes, start, length);
        (ScalarType type, long[] shape, bool fortran) = Header(header, name);
        try
        {
            byte[] elements = bytes[(start + length)..];
            return new NpyArray(type, shape, fortran && shape.Length > 1 ? ToRowMajor(elements, shape, type.ElementSize()) : elements);
        }
        catch (FixtureException e)
        {
            throw new FixtureException($"'{name}': {e.Message}", e);
        }
    }

    private static (ScalarType Type, long[] Shape, bool Fortran) Header(string header, string name)
    {
        string descr = Value(header, "descr", name).Trim('\'');
        string shape = Value(header, "shape", name);
        ScalarType type = descr switch
        {
            "<f4" => ScalarType.Float32,
            "<f8" => ScalarType.Float64,
            "<f2" => ScalarType.Float16,
            "<i8" => ScalarType.Int64,
            "<i4" => ScalarType.Int32,
            "<i2" => ScalarType.Int16,
            "|i1" => ScalarType.Int8,
            "|u1" => ScalarType.Byte,
            "|b1" => ScalarType.Bool,
            _ => throw new FixtureException(
                $"'{name}' has elements of type {descr}; known are f2, f4, f8, i1, i2, i4, i8, u1 and b1, little-endian."
            ),
        };
        long[] sizes =
        [
            .. shape
                .Trim('(', ')')
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(s => long.Parse(s, CultureInfo.InvariantCulture)),
        ];
        return (type, sizes, Value(header, "fortran_order", name) == "True");
    }

    private static string Value(string header, string key, string name)
    {
        int at = header.IndexOf($"'{key}':", StringComparison.Ordinal);
        if (at < 0)
        {
            throw new FixtureException($"The header of '{name}' has no '{key}': {header.Trim()}");
        }

        string rest = header[(at + key.Length + 3)..].TrimStart();
        int end = rest[0] == '(' ? rest.IndexOf(')', StringComparison.Ordinal) + 1 : rest.IndexOfAny([',', '}']);
        return rest[..end].Trim();
    }

    private static byte[] ToRowMajor(byte[] elements, long[] shape, int size)
    {
        byte[] result = new byte[elements.Length];
        long[] index = new long[shape.Length];
        for (int to = 0; to < result.Length; to += size)
        {
            long from = 0;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from = (from * shape[axis]) + index[axis];
            }

            Array.Copy(elements, from * size, result, to, size);
            for (int axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return result;
    }
}
