using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Keras' names of element types, and what there is to ask of a type.</summary>
internal static class DTypes
{
    private static readonly (string Name, ScalarType Type)[] All =
    [
        ("float32", ScalarType.Float32),
        ("float64", ScalarType.Float64),
        ("float16", ScalarType.Float16),
        ("bfloat16", ScalarType.BFloat16),
        ("int8", ScalarType.Int8),
        ("int16", ScalarType.Int16),
        ("int32", ScalarType.Int32),
        ("int64", ScalarType.Int64),
        ("uint8", ScalarType.Byte),
        ("bool", ScalarType.Bool),
        (StringTensors.Name, StringTensors.Type),
    ];

    /// <summary>The names of all types.</summary>
    public static IEnumerable<string> Names => All.Select(t => t.Name);

    /// <summary>The names of the types of floating-point numbers.</summary>
    public static IEnumerable<string> Floating => All.Where(t => t.Type.IsFloating()).Select(t => t.Name);

    /// <summary>The type of a name.</summary>
    public static bool TryGet(string name, out ScalarType type)
    {
        int index = Array.FindIndex(All, t => t.Name == name);
        type = index >= 0 ? All[index].Type : default;
        return index >= 0;
    }

    /// <summary>Keras' name of a type.</summary>
    /// <exception cref="ArgumentException">Keras has no such type.</exception>
    public static string NameOf(ScalarType type) =>
        Array.Find(All, t => t.Type == type).Name ?? throw new ArgumentException($"Keras has no name for the type {type}.", nameof(type));

    /// <summary>Whether a name is that of a type of floating-point numbers.</summary>
    public static bool IsFloating(string name) => TryGet(name, out ScalarType type) && type.IsFloating();

    /// <summary>Whether it holds floating-point numbers.</summary>
    public static bool IsFloating(this ScalarType type) =>
        type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>Whether it holds floating-point numbers of 16 bits, in which sums and statistics are not taken.</summary>
    public static bool IsHalf(this ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>The type in which numbers of this type are added up and compared: float32 for 16 bits, itself otherwise.</summary>
    public static ScalarType Wide(this ScalarType type) => type.IsHalf() ? ScalarType.Float32 : type;

    /// <summary>The name of that type.</summary>
    public static string WideName(string name) => TryGet(name, out ScalarType type) ? NameOf(type.Wide()) : name;

    /// <summary>Tensors with those of 16 bits as float32, in the open dispose scope; the list itself where there are none.</summary>
    public static IReadOnlyList<Tensor> Widened(this IReadOnlyList<Tensor> tensors)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].dtype.IsHalf())
            {
                return [.. tensors.Select(t => t.dtype.IsHalf() ? t.to(ScalarType.Float32) : t)];
            }
        }

        return tensors;
    }

    /// <summary>The largest number that a type of floating-point numbers holds.</summary>
    public static double Largest(this ScalarType type) =>
        type switch
        {
            ScalarType.Float16 => 65504,
            ScalarType.BFloat16 => 3.3895313892515355e38,
            ScalarType.Float32 => float.MaxValue,
            _ => double.MaxValue,
        };

    /// <summary>
    /// Whether a finite number stays finite in a type of floating-point numbers. What lies half a step or more beyond the largest number is
    /// rounded to infinity.
    /// </summary>
    public static bool Holds(this ScalarType type, double value) =>
        type switch
        {
            ScalarType.Float16 => double.IsFinite((double)(Half)value),
            ScalarType.BFloat16 => Math.Abs(value) < 3.39617752923046e38,
            ScalarType.Float32 => float.IsFinite((float)value),
            _ => double.IsFinite(value),
        };
}
