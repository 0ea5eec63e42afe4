using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// Which type Keras computes with for several: numbers of C# and Python are weak, they take the type of a tensor of their kind.
/// </summary>
/// <remarks>Source: <c>result_type</c> in <c>keras/src/backend/common/dtypes.py</c>.</remarks>
internal static class Promotion
{
    /// <summary>A type; weak where it is that of a number.</summary>
    internal readonly record struct Kind(ScalarType Type, bool IsWeak);

    /// <summary>A number with a fraction.</summary>
    public static Kind Real { get; } = new(ScalarType.Float32, IsWeak: true);

    /// <summary>A whole number.</summary>
    public static Kind Whole { get; } = new(ScalarType.Int32, IsWeak: true);

    /// <summary>The kind of a tensor, a constant or a number.</summary>
    public static Kind KindOf(object? value) =>
        value switch
        {
            Tensor tensor => new Kind(tensor.dtype, IsWeak: false),
            ConstantArray constant => new Kind(
                DTypes.TryGet(constant.DType, out ScalarType type) ? type : ScalarType.Float32,
                IsWeak: false
            ),
            bool => new Kind(ScalarType.Bool, IsWeak: false),
            long => Whole,
            object?[] list when list.Length > 0 => list.Select(KindOf).Aggregate(Of),
            _ => Real,
        };

    /// <summary>The kind of a type.</summary>
    public static Kind KindOf(ScalarType type) => new(type, IsWeak: false);

    /// <summary>The type of a kind.</summary>
    public static ScalarType Resolve(Kind kind) => kind.Type;

    /// <summary>The type of a tensor together with one that has a fraction: of integers float32.</summary>
    public static ScalarType WithReal(ScalarType type) => Of(KindOf(type), Real).Type;

    /// <summary>The kind of both together.</summary>
    public static Kind Of(Kind a, Kind b)
    {
        if (a.Type == b.Type)
        {
            return new Kind(a.Type, a.IsWeak && b.IsWeak);
        }

        if (a.Type == ScalarType.Bool || b.Type == ScalarType.Bool)
        {
            return a.Type == ScalarType.Bool ? b : a;
        }

        bool isReal = a.Type.IsFloating();
        if (isReal != b.Type.IsFloating())
        {
            return isReal ? a : b;
        }

        if (a.IsWeak != b.IsWeak)
        {
            return a.IsWeak ? b : a;
        }

        return new Kind(isReal ? Larger(a.Type, b.Type) : LargerWhole(a.Type, b.Type), a.IsWeak);
    }

    private static ScalarType Larger(ScalarType a, ScalarType b) =>
        a == ScalarType.Float64 || b == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static ScalarType LargerWhole(ScalarType a, ScalarType b)
    {
        ScalarType[] order = [ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64];
        int i = Array.IndexOf(order, a);
        int j = Array.IndexOf(order, b);

        // Bytes have no sign: with one of 8 bits they need 16.
        return order[Math.Max(1, Math.Max(i, j))] is var larger && (a == ScalarType.Byte || b == ScalarType.Byte)
            ? larger
            : order[Math.Max(i, j)];
    }
}
