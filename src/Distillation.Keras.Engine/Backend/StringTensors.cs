using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>
/// Strings in tensors, which libtorch has none of: 106 bits stand for each, the 64 of its FarmHash and 42 of its SHA-256. They lie in
/// tensors of complex128, which no layer computes on and all refuse: each part is a whole number of 53 bits, that a float64 holds exactly,
/// 32 of the one hash before 21 of the other.
/// </summary>
internal static class StringTensors
{
    /// <summary>The type of the tensors.</summary>
    public const ScalarType Type = ScalarType.ComplexFloat64;

    /// <summary>Keras' name of the type.</summary>
    public const string Name = "string";

    // How many bits of SHA-256 there are beside 32 of FarmHash: together a float64's 53.
    private const int Checked = 21;
    private const long LowChecked = (1L << Checked) - 1;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a tensor holds strings.</summary>
    public static bool Are(Tensor tensor) => tensor.dtype == Type;

    /// <summary>Whether an array holds strings, or arrays of them.</summary>
    public static bool Are(Array array)
    {
        Type element = array.GetType().GetElementType()!;
        while (element.IsArray)
        {
            element = element.GetElementType()!;
        }

        return element == typeof(string);
    }

    /// <summary>A new tensor for the strings of an array of any rank, or of rows of rows of them.</summary>
    /// <exception cref="ArgumentException">A string is null or no Unicode, or rows differ in length.</exception>
    public static Tensor Of(Array array, [CallerArgumentExpression(nameof(array))] string? argument = null)
    {
        (string[] strings, long[] sizes) = Flat(array, argument);
        NativeLibraries.EnsureLoaded();
        var known = new Dictionary<string, (double, double)>(StringComparer.Ordinal);
        double[] parts = new double[strings.Length * 2];
        for (int i = 0; i < strings.Length; i++)
        {
            if (!known.TryGetValue(strings[i], out (double Real, double Imaginary) parted))
            {
                (long hash, long check) = KeyOf(strings[i], argument);
                parted = (Part((long)((ulong)hash >> 32), check >> Checked), Part(hash & uint.MaxValue, check & LowChecked));
                known[strings[i]] = parted;
            }

            (parts[2 * i], parts[(2 * i) + 1]) = parted;
        }

        // A managed array lies at a multiple of 8 bytes, a complex number of libtorch's at one of 16: its kernels fault at others.
        using Tensor managed = tensor(parts, [.. sizes, 2], device: CPU);
        using Tensor pairs = managed.clone();
        return view_as_complex(pairs);
    }

    /// <summary>The strings of an array one after the other, and its shape.</summary>
    public static (string[] Strings, long[] Sizes) Flat(Array array, string? argument)
    {
        bool rows = array.GetType().GetElementType()!.IsArray;
        JaggedArray? jagged = rows ? JaggedArray.Of(array, argument) : null;
        var strings = new List<string>();
        if (jagged is null)
        {
            strings.AddRange(array.Cast<string>());
        }
        else
        {
            jagged.ForEachRow(row => strings.AddRange((string[])row));
        }

        int missing = strings.FindIndex(s => s is null);
        return missing < 0
            ? ([.. strings], jagged?.Sizes ?? [.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)])
            : throw new ArgumentException(
                Invariant($"An array of strings holds no null, but its element {missing}, from 0, is null. Give \"\" for what is missing."),
                argument
            );
    }

    /// <summary>What stands for a string: its FarmHash, and 42 bits of its SHA-256.</summary>
    public static (long Hash, long Check) KeyOf(string text, string? argument = null)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        byte[] bytes = Bytes(text, argument);
        SHA256.HashData(bytes, digest);
        return (unchecked((long)FarmHash64.Of(bytes)), BinaryPrimitives.ReadInt64LittleEndian(digest) & ((1L << (2 * Checked)) - 1));
    }

    /// <summary>A string in UTF-8.</summary>
    /// <exception cref="ArgumentException">It is no Unicode: half a surrogate pair.</exception>
    public static byte[] Bytes(string text, string? argument = null)
    {
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("A string has one half of a surrogate pair without the other, which is no Unicode.", argument, e);
        }
    }

    /// <summary>The two hashes of each string, int64, in the dispose scope that is open.</summary>
    public static (Tensor Hash, Tensor Check) Keys(Tensor strings)
    {
        Tensor first = strings.real.to(ScalarType.Int64);
        Tensor second = strings.imag.to(ScalarType.Int64);
        Tensor bits = Number(Checked, strings);
        Tensor low = Number(LowChecked, strings);
        return (
            first.bitwise_right_shift(bits).bitwise_left_shift(Number(32, strings)).bitwise_or(second.bitwise_right_shift(bits)),
            first.bitwise_and(low).bitwise_left_shift(bits).bitwise_or(second.bitwise_and(low))
        );
    }

    /// <summary>Strings of their hashes, int64, with a last axis of 2: as <see cref="Keys"/> gives them.</summary>
    public static Tensor FromKeys(Tensor keys)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hash = keys.select(-1, 0);
        Tensor check = keys.select(-1, 1);
        Tensor half = Number(uint.MaxValue, keys);
        Tensor first = hash.bitwise_right_shift(Number(32, keys)).bitwise_and(half);
        Tensor second = hash.bitwise_and(half);
        Tensor bits = Number(Checked, keys);
        return complex(
                first.bitwise_left_shift(bits).bitwise_or(check.bitwise_right_shift(bits)).to(ScalarType.Float64),
                second.bitwise_left_shift(bits).bitwise_or(check.bitwise_and(Number(LowChecked, keys))).to(ScalarType.Float64)
            )
            .MoveToOuterDisposeScope();
    }

    private static double Part(long hash, long check) => (hash << Checked) | check;

    private static Tensor Number(long value, Tensor beside) => tensor(value, device: beside.device);
}
