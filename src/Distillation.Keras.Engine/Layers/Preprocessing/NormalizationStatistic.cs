using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>A mean or variance that <see cref="Normalization"/> is given: one number, or an array of them.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>0.5</c>, arrays with one or two axes and, in C#, <c>[[0.5, 1], [2,
/// 3]]</c>. Written as a number or as a list of lists, as Keras does.
/// </remarks>
[CollectionBuilder(typeof(NormalizationStatistic), nameof(Create))]
public sealed class NormalizationStatistic : IConfigValue<NormalizationStatistic>
{
    private readonly double[] _values;
    private readonly int[] _sizes;

    /// <summary>One number for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public NormalizationStatistic(double value)
        : this([value], []) { }

    /// <summary>One number for each place.</summary>
    /// <param name="values">An array of float64 of any number of axes.</param>
    /// <exception cref="ArgumentException">It is empty, of another type, or a number is not finite.</exception>
    public NormalizationStatistic(Array values)
        : this(
            [.. values as IEnumerable<double> ?? (values ?? throw new ArgumentNullException(nameof(values))).OfType<double>()],
            [.. Enumerable.Range(0, values.Rank).Select(values.GetLength)]
        )
    {
        if (values.Length == 0 || _values.Length != values.Length)
        {
            string found = values.Length == 0 ? "the array is empty" : $"an array of {values.GetType().GetElementType()!.Name} was given";
            throw new ArgumentException(
                $"A mean or variance is one number or an array of them (double[], double[,]), but {found}.",
                nameof(values)
            );
        }
    }

    private NormalizationStatistic(double[] values, int[] sizes)
    {
        _values = Array.ConvertAll(values, v => Arguments.Finite(v, nameof(values)));
        _sizes = sizes;
    }

    /// <summary>The shape; that of a scalar where it is one number.</summary>
    public Shape Shape => new(_sizes);

    /// <summary>The numbers, those of the last axis beside each other.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>What C# makes of <c>[0.5, 1]</c> or <c>[[0.5, 1], [2, 3]]</c>.</summary>
    public static NormalizationStatistic Create(ReadOnlySpan<NormalizationStatistic> entries) =>
        entries.ToArray() is [{ } first, ..] all
            ? Array.TrueForAll(all, e => e is not null && e._sizes.AsSpan().SequenceEqual(first._sizes))
                ? new([.. all.SelectMany(e => e._values)], [all.Length, .. first._sizes])
                : throw new ArgumentException("The lists in a list of means or variances are equally long.", nameof(entries))
            : throw new ArgumentException("A mean or variance is one number or a list of them, but the list is empty.", nameof(entries));

    /// <summary>What there is for each place on the first axis; the one number itself where there is none.</summary>
    public IEnumerator<NormalizationStatistic> GetEnumerator()
    {
        int count = _sizes.Length == 0 ? 1 : _sizes[0];
        int step = _values.Length / count;
        for (int i = 0; i < count; i++)
        {
            yield return new NormalizationStatistic(_values[(i * step)..((i + 1) * step)], _sizes.Length == 0 ? [] : _sizes[1..]);
        }
    }

    /// <inheritdoc/>
    public JsonNode ToJson() => ToJson(0, 0);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static NormalizationStatistic FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var sizes = new List<int>();
        for (JsonNode? inner = node; inner is JsonArray list; inner = list.Count > 0 ? list[0] : null)
        {
            sizes.Add(list.Count);
        }

        double[] values = [.. Flat(node, 0)];
        return values.Length == sizes.Aggregate(1, (a, b) => a * b) && values.Length > 0
            ? new NormalizationStatistic(values, [.. sizes])
            : throw new FormatException("The lists in a list of numbers are equally long, and not empty.");

        IEnumerable<double> Flat(JsonNode? at, int depth) =>
            depth == sizes.Count ? [ConfigPrimitives.Real(at)]
            : at is JsonArray list && list.Count == sizes[depth] ? list.SelectMany(n => Flat(n, depth + 1))
            : throw new FormatException("The lists in a list of numbers are equally long.");
    }

    /// <summary>One number for all.</summary>
    public static implicit operator NormalizationStatistic(double value) => new(value);

    /// <summary>One number for all. F# does not go from an integer over a fraction to a mean.</summary>
    public static implicit operator NormalizationStatistic(int value) => new(value);

    /// <summary>One number for each place on an axis.</summary>
    public static implicit operator NormalizationStatistic(double[] values) => new((Array)values);

    /// <summary>One number for each place on an axis, of whole numbers.</summary>
    public static implicit operator NormalizationStatistic(int[] values) => new((Array)Arguments.ToDouble(values));

    /// <summary>One number for each place on two axes.</summary>
    public static implicit operator NormalizationStatistic(double[,] values) => new((Array)values);

    private JsonNode ToJson(int axis, int start)
    {
        if (axis == _sizes.Length)
        {
            return ConfigWriter.Real(_values[start]);
        }

        int step = _sizes[(axis + 1)..].Aggregate(1, (a, b) => a * b);
        return new JsonArray([.. Enumerable.Range(0, _sizes[axis]).Select(i => (JsonNode?)ToJson(axis + 1, start + (i * step)))]);
    }
}
