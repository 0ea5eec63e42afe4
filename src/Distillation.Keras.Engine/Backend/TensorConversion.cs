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
            throw new ArgumentException($"Arrays hold float32, float64, integers up to 64 bits or booleans, but this one's type is {array.dtype.Name}.", nameof(array));
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
            using NDArray jagged = FromJagged(array);
            return ToTensor(jagged);
        }

        using NDArray copy = new(array, new NumSharp.Shape([.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)]));
        return ToTensor(copy);
    }

    private static NDArray FromJagged(Array array) => array switch
    {
        float[][] a => np.array(a),
        double[][] a => np.array(a),
        int[][] a => np.array(a),
        long[][] a => np.array(a),
        byte[][] a => np.array(a),
        float[][][] a => np.array(a),
        float[][][][] a => np.array(a),
        _ => throw new ArgumentException($"Arrays of arrays hold float, double, int, long or byte, but this one is {array.GetType().Name}. Use a rectangular array or an NDArray.", nameof(array)),
    };

    private static unsafe void Copy(void* source, Tensor target)
    {
        Span<byte> bytes = target.bytes;
        new ReadOnlySpan<byte>(source, bytes.Length).CopyTo(bytes);
    }
}
