using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Layers;

/// <summary>A factor or offset of <see cref="Rescaling"/>: one number, or one for each entry of the last axis.</summary>
/// <remarks>
/// Immutable and safe to share between threads. Converts from <c>0.5</c>, arrays and, in C#, <c>[0.5, 1, 2]</c>. Keras writes one as a
/// number and several as a list, and so does this class.
/// </remarks>
[CollectionBuilder(typeof(Scaling), nameof(Create))]
public sealed class Scaling : IReadOnlyList<double>, IConfigValue<Scaling>
{
    private readonly double[] _values;
    private readonly bool _isList;

    /// <summary>One number for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public Scaling(double value) => _values = [Arguments.Finite(value)];

    /// <summary>One number for each entry of the last axis.</summary>
    /// <exception cref="ArgumentException">There is none, or one is not finite.</exception>
    public Scaling(params double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
        {
            throw new ArgumentException(
                "Rescaling needs one number or one for each entry of the last axis, but the list is empty.",
                nameof(values)
            );
        }

        _values = Array.ConvertAll(values, v => Arguments.Finite(v, nameof(values)));
        _isList = true;
    }

    /// <summary>What C# makes of <c>[0.1, 0.2]</c>.</summary>
    public static Scaling Create(ReadOnlySpan<double> values) => new(values.ToArray());

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <summary>Whether there is one number for each entry of the last axis.</summary>
    public bool IsPerChannel => _isList;

    /// <inheritdoc/>
    public double this[int index] => _values[index];

    /// <inheritdoc/>
    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();

    /// <inheritdoc/>
    public JsonNode ToJson() =>
        _isList ? new JsonArray([.. _values.Select(v => (JsonNode?)ConfigWriter.Real(v))]) : ConfigWriter.Real(_values[0]);

    /// <inheritdoc cref="IConfigValue{TSelf}.FromJson"/>
    public static Scaling FromJson(JsonNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node is JsonArray ? new Scaling(ConfigPrimitives.Reals(node)) : new Scaling(ConfigPrimitives.Real(node));
    }

    /// <summary>One number for all.</summary>
    public static implicit operator Scaling(double value) => new(value);

    /// <summary>One number for all. F# does not go from an integer over a fraction to a factor.</summary>
    public static implicit operator Scaling(int value) => new(value);

    /// <summary>One number for each entry of the last axis.</summary>
    public static implicit operator Scaling(double[] values) => new(values);

    /// <summary>One number for each entry of the last axis, of whole numbers.</summary>
    public static implicit operator Scaling(int[] values) => new(Arguments.ToDouble(values));
}
