using System.Diagnostics.CodeAnalysis;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>An element type of arrays, and how libtorch holds its values.</summary>
/// <param name="Type">C#'s type.</param>
/// <param name="Code">NumSharp's type.</param>
/// <param name="Stored">libtorch's type of the same size, which takes the bits as they are.</param>
/// <param name="Size">Bytes a value.</param>
/// <param name="IsUnsigned">
/// Whether the bits are an unsigned number that <paramref name="Stored"/> would read as a signed one: libtorch computes with few unsigned
/// types.
/// </param>
internal sealed record ElementType(Type Type, NPTypeCode Code, ScalarType Stored, int Size, bool IsUnsigned = false)
{
    /// <summary>The types that data may have, as a message names them.</summary>
    public const string Known = "float16, float32, float64, integers of 8 to 64 bits or booleans";

    private static readonly ElementType[] All =
    [
        new(typeof(float), NPTypeCode.Single, ScalarType.Float32, 4),
        new(typeof(double), NPTypeCode.Double, ScalarType.Float64, 8),
        new(typeof(int), NPTypeCode.Int32, ScalarType.Int32, 4),
        new(typeof(long), NPTypeCode.Int64, ScalarType.Int64, 8),
        new(typeof(byte), NPTypeCode.Byte, ScalarType.Byte, 1),
        new(typeof(sbyte), NPTypeCode.SByte, ScalarType.Int8, 1),
        new(typeof(short), NPTypeCode.Int16, ScalarType.Int16, 2),
        new(typeof(bool), NPTypeCode.Boolean, ScalarType.Bool, 1),
        new(typeof(Half), NPTypeCode.Half, ScalarType.Float16, 2),
        new(typeof(ushort), NPTypeCode.UInt16, ScalarType.Int16, 2, IsUnsigned: true),
        new(typeof(uint), NPTypeCode.UInt32, ScalarType.Int32, 4, IsUnsigned: true),
        new(typeof(ulong), NPTypeCode.UInt64, ScalarType.Int64, 8, IsUnsigned: true),
    ];

    /// <summary>The entry of a type of NumSharp's.</summary>
    public static bool TryGet(NPTypeCode code, [NotNullWhen(true)] out ElementType? type) =>
        (type = Array.Find(All, t => t.Code == code)) is not null;

    /// <summary>The entry of a C# type.</summary>
    public static bool TryGet(Type element, [NotNullWhen(true)] out ElementType? type) =>
        (type = Array.Find(All, t => t.Type == element)) is not null;

    /// <summary>The entry whose values a tensor of that type holds as they are.</summary>
    public static bool TryGet(ScalarType stored, [NotNullWhen(true)] out ElementType? type) =>
        (type = Array.Find(All, t => t.Stored == stored && !t.IsUnsigned)) is not null;

    /// <summary>A type's name as a C# user writes it, for messages: <c>double?</c> rather than <c>Nullable`1</c>.</summary>
    public static string NameOf(Type type) => Nullable.GetUnderlyingType(type) is Type inner ? NameOf(inner) + "?" : type.Name;
}
