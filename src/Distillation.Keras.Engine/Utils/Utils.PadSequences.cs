using System.Collections;
using System.Globalization;
using Distillation.Keras.Backend;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <content>Sequences of one length.</content>
public static partial class Utils
{
    private const string Pre = "pre";
    private const string Post = "post";

    /// <summary>Makes sequences equally long: the short ones are padded, the long ones cut.</summary>
    /// <param name="sequences">
    /// Lists or arrays of numbers, <c>int[][]</c>, or of vectors of one shape, <c>double[][][]</c>; some may be empty, not all.
    /// </param>
    /// <param name="maxlen">The length, at least 1; by default that of the longest.</param>
    /// <param name="dtype">
    /// The type of the result, <c>"int32"</c> by default. Fractions are cut off by a type of integers, as in Keras.
    /// </param>
    /// <param name="padding">Where to pad: <c>"pre"</c>, before the sequence (the default), or <c>"post"</c>.</param>
    /// <param name="truncating">Where to cut: <c>"pre"</c>, from its beginning (the default), or <c>"post"</c>.</param>
    /// <param name="value">What to pad with, 0 by default; a whole number for types of integers.</param>
    /// <returns>An array (sequences, length, ...), which the caller disposes.</returns>
    /// <exception cref="ArgumentException">
    /// There is no sequence or no number, one is no list, shapes differ, or an argument is none of those above.
    /// </exception>
    /// <exception cref="OverflowException">A number is beyond the type.</exception>
    /// <remarks>Strings are padded by <see cref="PadStringSequences"/>. Source: <c>keras/src/utils/sequence_utils.py</c>.</remarks>
    public static NDArray PadSequences(
        IEnumerable sequences,
        int? maxlen = null,
        string dtype = "int32",
        string padding = Pre,
        string truncating = Pre,
        double value = 0.0
    )
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(dtype);
        if (!DTypes.TryGet(dtype, out ScalarType type) || !ElementType.TryGet(type, out ElementType? element))
        {
            throw new ArgumentException(
                $"Numbers are padded in a type such as int32, int64 or float32, but \"{dtype}\" was given.",
                nameof(dtype)
            );
        }

        if (!type.IsFloating() && (!double.IsFinite(value) || Math.Truncate(value) != value))
        {
            throw new ArgumentException(Invariant($"{dtype} holds whole numbers, but the value to pad with is {value}."), nameof(value));
        }

        object?[] given = [.. sequences.Cast<object?>()];
        List<double[]>[] rows = [.. given.Select(Items)];
        int[]? shape = null;
        foreach ((object? sequence, int i) in given.Select((s, i) => (s, i)))
        {
            foreach (object? item in (IEnumerable)sequence!)
            {
                int[] own = SizesOf(item);
                shape ??= own;
                if (!own.AsSpan().SequenceEqual(shape))
                {
                    throw new ArgumentException(
                        Invariant(
                            $"All entries of sequences have one shape, {new Shape(shape)}, but sequence {i}, from 0, has an entry of "
                                + $"shape {new Shape(own)}."
                        ),
                        nameof(sequences)
                    );
                }
            }
        }

        int size = shape?.Aggregate(1, (a, b) => a * b) ?? 1;
        int length = Length(rows.Select(r => r.Count), maxlen, padding, truncating);
        double[] all = new double[(long)rows.Length * length * size];
        Array.Fill(all, value);
        for (int i = 0; i < rows.Length; i++)
        {
            (int from, int to, int count) = Place(rows[i].Count, length, padding, truncating);
            for (int j = 0; j < count; j++)
            {
                rows[i][from + j].CopyTo(all, ((((long)i * length) + to + j) * size));
            }
        }

        using DisposeScope scope = NewDisposeScope();
        NativeLibraries.EnsureLoaded();
        RefuseBeyond(all, type, dtype);
        Tensor result = tensor(all, [rows.Length, length, .. (shape ?? []).Select(n => (long)n)], ScalarType.Float64);
        return TensorConversion.ToNDArray(result.to(element.Stored));
    }

    /// <summary>The same for strings, which NumSharp's arrays do not hold: Keras' <c>pad_sequences(..., dtype=object)</c>.</summary>
    /// <param name="sequences">Lists or arrays of strings.</param>
    /// <param name="maxlen">The length, at least 1; by default that of the longest.</param>
    /// <param name="padding">Where to pad: <c>"pre"</c>, before the sequence (the default), or <c>"post"</c>.</param>
    /// <param name="truncating">Where to cut: <c>"pre"</c>, from its beginning (the default), or <c>"post"</c>.</param>
    /// <param name="value">What to pad with: the empty string by default.</param>
    /// <returns>An array (sequences, length).</returns>
    /// <exception cref="ArgumentException">There is no sequence, one is null, or an argument is none of those above.</exception>
    public static string[,] PadStringSequences(
        IEnumerable<IEnumerable<string>> sequences,
        int? maxlen = null,
        string padding = Pre,
        string truncating = Pre,
        string value = ""
    )
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(value);
        string[][] rows =
        [
            .. sequences.Select(s =>
                s is null ? throw new ArgumentException("One of the sequences is null.", nameof(sequences)) : s.ToArray()
            ),
        ];
        int length = Length(rows.Select(r => r.Length), maxlen, padding, truncating);
        string[,] result = new string[rows.Length, length];
        for (int i = 0; i < rows.Length; i++)
        {
            (int from, int to, int count) = Place(rows[i].Length, length, padding, truncating);
            for (int j = 0; j < length; j++)
            {
                result[i, j] = j >= to && j < to + count ? rows[i][from + j - to] : value;
            }
        }

        return result;
    }

    private static int Length(IEnumerable<int> lengths, int? maxlen, string padding, string truncating)
    {
        RefuseSide(padding, nameof(padding));
        RefuseSide(truncating, nameof(truncating));
        int[] all = [.. lengths];
        return all.Length == 0
            ? throw new ArgumentException("At least one sequence is needed, but there is none.", nameof(lengths))
            : Arguments.AtLeast(1, maxlen) ?? all.Max();
    }

    // Which entries of a sequence are kept, and where they go.
    private static (int From, int To, int Count) Place(int count, int length, string padding, string truncating)
    {
        int kept = Math.Min(count, length);
        return (truncating == Pre ? count - kept : 0, padding == Pre ? length - kept : 0, kept);
    }

    private static void RefuseSide(string side, string name)
    {
        ArgumentNullException.ThrowIfNull(side, name);
        if (side is not (Pre or Post))
        {
            throw new ArgumentException($"'{name}' is \"{Pre}\" or \"{Post}\", but \"{side}\" was given.", name);
        }
    }

    private static List<double[]> Items(object? sequence, int index) =>
        sequence is IEnumerable items and not string
            ? [.. items.Cast<object?>().Select(item => Numbers(item, index).ToArray())]
            : throw new ArgumentException(
                Invariant($"Sequences are lists or arrays, but the one at {index}, from 0, is {sequence ?? "null"}."),
                nameof(sequence)
            );

    private static IEnumerable<double> Numbers(object? item, int index) =>
        item switch
        {
            IEnumerable inner and not string => inner.Cast<object?>().SelectMany(i => Numbers(i, index)),
            bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or Half =>
            [
                item is Half half ? (double)half : Convert.ToDouble(item, CultureInfo.InvariantCulture),
            ],
            _ => throw new ArgumentException(
                Invariant(
                    $"Sequences hold numbers, but the one at {index}, from 0, holds {item ?? "null"}. Strings are padded by "
                        + $"PadStringSequences."
                )
            ),
        };

    private static int[] SizesOf(object? item)
    {
        if (item is not IEnumerable inner || item is string)
        {
            return [];
        }

        int[][] sizes = [.. inner.Cast<object?>().Select(SizesOf)];
        return sizes.Skip(1).All(s => s.AsSpan().SequenceEqual(sizes[0]))
            ? [sizes.Length, .. sizes.Length == 0 ? [] : sizes[0]]
            : throw new ArgumentException(
                "The entries of sequences are numbers or vectors of one shape, but lists in one differ in length."
            );
    }

    private static void RefuseBeyond(double[] values, ScalarType type, string dtype)
    {
        (double least, double most) = type switch
        {
            ScalarType.Byte => (byte.MinValue, byte.MaxValue),
            ScalarType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ScalarType.Int16 => (short.MinValue, short.MaxValue),
            ScalarType.Int32 => (int.MinValue, int.MaxValue),
            ScalarType.Int64 => (-9007199254740992.0, 9007199254740992.0),
            _ => (double.NegativeInfinity, double.PositiveInfinity),
        };
        foreach (double value in values)
        {
            if (!type.IsFloating() && type != ScalarType.Bool && !(Math.Truncate(value) >= least && Math.Truncate(value) <= most))
            {
                throw new OverflowException(Invariant($"{dtype} holds numbers from {least} to {most}, but a sequence has {value}."));
            }
        }
    }
}
