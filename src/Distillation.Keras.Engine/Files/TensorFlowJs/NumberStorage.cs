using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using static TorchSharp.torch;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>How the numbers of an array are written in a file.</summary>
/// <param name="Type">What they are when they are read.</param>
/// <param name="Size">How many bytes each has in the file.</param>
/// <param name="Text">What the manifest says of them.</param>
/// <param name="Steps">
/// Quantised ones: the bits of the number that each of the stored ones, 0, 1, 2, ... stands for. <see langword="null"/>: they are written
/// as they are.
/// </param>
/// <remarks>Source: <c>decodeWeight</c> in <c>tfjs-core/src/io/io_utils.ts</c>.</remarks>
internal sealed record NumberStorage(ScalarType Type, int Size, string Text, Func<int[]>? Steps = null)
{
    /// <summary>What an entry of a manifest says.</summary>
    /// <exception cref="ModelFormatException">Such numbers are not read.</exception>
    public static NumberStorage Of(JsonObject entry, string name)
    {
        string type = LegacyConfig.Text(entry["dtype"]) ?? throw Wrong(name, "no type ('dtype')");
        return entry["quantization"] switch
        {
            null => Plain(type, name),
            JsonObject quantization => Quantized(type, quantization, name),
            _ => throw Wrong(name, "a 'quantization' that is no object"),
        };
    }

    private static NumberStorage Plain(string type, string name) =>
        type switch
        {
            "float32" => new NumberStorage(ScalarType.Float32, sizeof(float), type),
            "int32" => new NumberStorage(ScalarType.Int32, sizeof(int), type),
            "bool" => new NumberStorage(ScalarType.Bool, sizeof(bool), type),
            _ => throw Wrong(name, $"the type '{type}', which is not read: float32, int32 and bool are"),
        };

    private static NumberStorage Quantized(string type, JsonObject quantization, string name)
    {
        string stored = LegacyConfig.Text(quantization["dtype"]) ?? throw Wrong(name, "a 'quantization' without a type ('dtype')");
        string text = $"{type} quantised as {stored}";
        if (stored == "float16" && type == "float32")
        {
            return new NumberStorage(ScalarType.Float32, sizeof(ushort), text, Halves);
        }

        if (stored is not ("uint8" or "uint16") || type is not ("float32" or "int32"))
        {
            throw Wrong(name, $"{text}, which is not read: uint8 and uint16 are, for float32 and int32, and float16 for float32");
        }

        (double scale, double min) = (Number(quantization, "scale", name), Number(quantization, "min", name));
        int size = stored == "uint8" ? sizeof(byte) : sizeof(ushort);
        int last = (1 << (8 * size)) - 1;
        if (type == "float32")
        {
            return new NumberStorage(
                ScalarType.Float32,
                size,
                text,
                () => Table(last, v => BitConverter.SingleToInt32Bits((float)((v * scale) + min)))
            );
        }

        // JavaScript rounds a half up.
        return Math.Abs(min) < int.MaxValue && Math.Abs((last * scale) + min) < int.MaxValue
            ? new NumberStorage(ScalarType.Int32, size, text, () => Table(last, v => (int)Math.Floor((v * scale) + min + 0.5)))
            : throw Wrong(name, "a 'quantization' whose numbers are beyond int32");
    }

    private static int[] Halves() =>
        Table(ushort.MaxValue, v => BitConverter.SingleToInt32Bits((float)BitConverter.UInt16BitsToHalf((ushort)v)));

    private static int[] Table(int last, Func<int, int> bits)
    {
        int[] table = new int[last + 1];
        for (int i = 0; i <= last; i++)
        {
            table[i] = bits(i);
        }

        return table;
    }

    private static double Number(JsonObject quantization, string key, string name) =>
        quantization[key] is JsonValue value && value.TryGetValue(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong(name, $"a 'quantization' whose '{key}' is no finite number");

    private static ModelFormatException Wrong(string name, string what) => new($"The array '{name}' of the manifest has {what}.");
}
