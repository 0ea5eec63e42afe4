using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Copies between NumSharp's arrays, C#'s arrays and libtorch's tensors.</summary>
internal static class TensorConversion
{
    private static readonly (NPTypeCode Code, ScalarType Type)[] Types =
    [
        (NPTypeCode.Single, ScalarType.Float32),
        (NPTypeCode.Double, ScalarType.Float64),
        (NPTypeCode.Int32, ScalarType.Int32),
        (NPTypeCode.Int64, ScalarType.Int64),
        (NPTypeCode.Byte, ScalarType.Byte),
        (NPTypeCode.SByte, ScalarType.Int8),
        (NPTypeCode.Int16, ScalarType.Int16),
        (NPTypeCode.Boolean, ScalarType.Bool),
        (NPTypeCode.Half, ScalarType.Float16),
    ];

    /// <summary>A new tensor with the array's values. The array is not kept.</summary>
    /// <exception cref="ArgumentException">The element type has no counterpart.</exception>
    public static unsafe Tensor ToTensor(NDArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        NativeLibraries.EnsureLoaded();
        int i = Array.FindIndex(Types, t => t.Code == array.typecode);
        if (i < 0)
        {
            // libtorch computes with few unsigned types: these go into the next wider signed one.
            NPTypeCode wider = array.typecode switch
            {
                NPTypeCode.UInt16 => NPTypeCode.Int32,
                NPTypeCode.UInt32 => NPTypeCode.Int64,
                _ => throw new ArgumentException($"Arrays hold float16, float32, float64, integers (signed up to 64 bits, unsigned up to 32) or booleans, but this one's type is {array.dtype.Name}. Convert it first.", nameof(array)),
            };
            using NDArray converted = array.astype(wider);
            return ToTensor(converted);
        }

        if (!array.flags.c_contiguous)
        {
            using NDArray dense = np.ascontiguousarray(array);
            return ToTensor(dense);
        }

        Tensor tensor = empty(array.shape, Types[i].Type);
        if (array.size > 0)
        {
            Copy(array.Unsafe.Address, tensor);
        }

        return tensor;
    }

    /// <summary>A new array with the tensor's values, which the caller owns.</summary>
    /// <exception cref="ArgumentException">The element type has no counterpart.</exception>
    public static unsafe NDArray ToNDArray(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using DisposeScope scope = NewDisposeScope();
        Tensor dense = tensor.detach().cpu().contiguous();
        int i = Array.FindIndex(Types, t => t.Type == dense.dtype);
        if (i < 0)
        {
            throw new ArgumentException($"A tensor of type {dense.dtype} has no array type; cast it to float32 first.", nameof(tensor));
        }

        var array = new NDArray(Types[i].Code, new NumSharp.Shape(dense.shape), false);
        if (array.size > 0)
        {
            Span<byte> source = dense.bytes;
            source.CopyTo(new Span<byte>(array.Unsafe.Address, source.Length));
        }

        return array;
    }

    /// <summary>A new tensor with the values of a C# array of any rank.</summary>
    /// <exception cref="ArgumentException">The element type has no counterpart.</exception>
    public static Tensor ToTensor(Array array)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.GetType().GetElementType() is { IsArray: true })
        {
            return ToTensor(FromJagged(array));
        }

        using NDArray copy = new(array, new NumSharp.Shape([.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)]));
        return ToTensor(copy);
    }

    // Rows of rows become one rectangular array: their sizes are those of the first ones, and all others must agree.
    private static Array FromJagged(Array array)
    {
        Type element = array.GetType();
        var sizes = new List<int>();
        for (object? level = array; element.IsArray; level = level is Array { Length: > 0 } rows ? rows.GetValue(0) : null)
        {
            if (element.GetArrayRank() != 1)
            {
                throw new ArgumentException($"Arrays of arrays have one axis each, but this one is {array.GetType().Name}. Use a rectangular array or an NDArray.", nameof(array));
            }

            sizes.Add((level as Array)?.Length ?? 0);
            element = element.GetElementType()!;
        }

        if (!element.IsPrimitive)
        {
            throw new ArgumentException($"Arrays of arrays hold numbers, but this one is {array.GetType().Name}.", nameof(array));
        }

        var result = Array.CreateInstance(element, [.. sizes]);
        int offset = 0;
        CopyRows(array, 0);
        return result;

        void CopyRows(Array rows, int depth)
        {
            if (rows.Length != sizes[depth])
            {
                throw new ArgumentException(Invariant($"The rows of an array of arrays have one length, but there is one of {rows.Length} values beside one of {sizes[depth]}. Pad them or cut them off."), nameof(array));
            }

            if (depth == sizes.Count - 1)
            {
                int bytes = Buffer.ByteLength(rows);
                Buffer.BlockCopy(rows, 0, result, offset, bytes);
                offset += bytes;
                return;
            }

            foreach (Array? row in rows)
            {
                CopyRows(row ?? throw new ArgumentException("One of the rows of an array of arrays is null.", nameof(array)), depth + 1);
            }
        }
    }

    private static unsafe void Copy(void* source, Tensor target)
    {
        Span<byte> bytes = target.bytes;
        new ReadOnlySpan<byte>(source, bytes.Length).CopyTo(bytes);
    }
}
