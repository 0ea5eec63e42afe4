using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Losses;

/// <summary>The weight alpha of a categorical focal crossentropy: one for all classes, or one for each.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>0.25</c>, arrays and, in C#, <c>[0.1, 0.2, 0.7]</c>. Keras writes one as a
/// number and several as a list, and so does this class.
/// </remarks>
[CollectionBuilder(typeof(FocalAlpha), nameof(Create))]
public sealed class FocalAlpha : IReadOnlyList<double>, IConfigValue<FocalAlpha>
{
    private readonly double[] _values;
    private readonly bool _isList;

    /// <summary>One weight for all classes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public FocalAlpha(double value) => _values = [Arguments.NotNegative(value)];

    /// <summary>One weight for each class.</summary>
    /// <exception cref="ArgumentException">There is none, or one is negative or not finite.</exception>
    public FocalAlpha(params double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
        {
            throw new ArgumentException("alpha needs one weight for all classes or one for each, but the list is empty.", nameof(values));
        }

        _values = Array.ConvertAll(values, v => Arguments.NotNegative(v, nameof(values)));
        _isList = true;
    }

    /// <summary>What C# makes of <c>[0.1, 0.2, 0.7]</c>.</summary>
    public static FocalAlpha Create(ReadOnlySpan<double> values) => new(values.ToArray());

    /// <summary>Keras' default, 0.25.</summary>
    public static FocalAlpha Default { get; } = new(0.25);

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <summary>Whether there is one weight for each class.</summary>
    public bool IsPerClass => _isList;

    /// <inheritdoc/>
    public double this[int index] => _values[index];

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    public JsonNode ToJson() =>
        _isList ? new JsonArray([.. _values.Select(v => (JsonNode?)ConfigWriter.Real(v))]) : ConfigWriter.Real(_values[0]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static FocalAlpha FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is JsonArray ? new FocalAlpha(ConfigPrimitives.Reals(node)) : new FocalAlpha(ConfigPrimitives.Real(node));
    }

    /// <summary>One weight for all classes.</summary>
    public static implicit operator FocalAlpha(double value) => new(value);

    /// <summary>One weight for all classes. F# does not go from an integer over a fraction to a weight.</summary>
    public static implicit operator FocalAlpha(int value) => new(value);

    /// <summary>One weight for each class.</summary>
    public static implicit operator FocalAlpha(double[] values) => new(values);

    /// <summary>One weight for each class, of whole numbers.</summary>
    public static implicit operator FocalAlpha(int[] values) => new(Arguments.ToDouble(values));
}
