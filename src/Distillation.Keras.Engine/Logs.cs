using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Distillation.Keras;

/// <summary>
/// Named numbers of a batch, an epoch or an evaluation: <c>loss</c>, <c>accuracy</c>, ... in Keras' (alphabetical) order.
/// </summary>
/// <remarks>A callback may set or add values, which the callbacks after it and the <see cref="History"/> see. Not thread-safe.</remarks>
public sealed class Logs : IReadOnlyDictionary<string, double>
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>Logs without a value, for callbacks that are called by hand.</summary>
    public Logs() { }

    internal Logs(IEnumerable<KeyValuePair<string, double>> values)
    {
        foreach ((string name, double value) in values)
        {
            this[name] = value;
        }
    }

    /// <summary>The loss with its regularizers: the value of <c>"loss"</c>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public double Loss => this["loss"];

    /// <inheritdoc/>
    public int Count => _names.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _names;

    /// <inheritdoc/>
    public IEnumerable<double> Values => _names.Select(n => _values[n]);

    /// <summary>A value by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists the names.</exception>
    public double this[string key]
    {
        get =>
            _values.TryGetValue(key, out double value)
                ? value
                : throw new KeyNotFoundException($"There is no value named '{key}'. Known: {string.Join(", ", _names)}.");
        set
        {
            if (!_values.ContainsKey(key))
            {
                _names.Add(key);
            }

            _values[key] = value;
        }
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out double value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, double>> GetEnumerator() =>
        _names.Select(n => KeyValuePair.Create(n, _values[n])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The values as Keras prints them: <c>accuracy: 0.9750 - loss: 0.0812</c>.</summary>
    public override string ToString() =>
        string.Join(" - ", _names.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}: {_values[n]:F4}")));
}
