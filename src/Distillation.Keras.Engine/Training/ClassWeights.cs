using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Distillation.Keras;

/// <summary>The weight of each class' samples in the loss: <c>class_weight: new() { [0] = 1.0, [2] = 10.0 }</c>.</summary>
/// <remarks>
/// Classes are numbers from 0; one that is not given has the weight 1. A dictionary converts; F# gives <c>dict [ 0, 1.0; 2, 10.0 ]</c>
/// itself, or makes one of it where nothing else is taken. Not thread-safe while it is filled.
/// </remarks>
public sealed class ClassWeights : IReadOnlyDictionary<int, double>
{
    private readonly Dictionary<int, double> _weights = [];

    /// <summary>No weights yet.</summary>
    public ClassWeights() { }

    /// <summary>The weights of a dictionary.</summary>
    /// <param name="weights">Weights by class.</param>
    /// <exception cref="ArgumentException">A class is given twice.</exception>
    public ClassWeights(IEnumerable<KeyValuePair<int, double>> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((int label, double weight) in weights)
        {
            Add(label, weight);
        }
    }

    /// <inheritdoc/>
    public int Count => _weights.Count;

    /// <inheritdoc/>
    public IEnumerable<int> Keys => _weights.Keys;

    /// <inheritdoc/>
    public IEnumerable<double> Values => _weights.Values;

    /// <summary>The weight of a class.</summary>
    /// <param name="key">The class, from 0.</param>
    /// <exception cref="KeyNotFoundException">It was not given.</exception>
    public double this[int key]
    {
        get => _weights[key];
        set => _weights[key] = value;
    }

    /// <summary>Gives a class a weight.</summary>
    /// <param name="key">The class, from 0.</param>
    /// <param name="value">Its weight, a finite number.</param>
    /// <exception cref="ArgumentException">The class has one already.</exception>
    public void Add(int key, double value)
    {
        if (!_weights.TryAdd(key, value))
        {
            throw new ArgumentException(
                Invariant($"Each class has one weight, but class {key} is given twice: {_weights[key]} and {value}."),
                nameof(key)
            );
        }
    }

    /// <inheritdoc/>
    public bool ContainsKey(int key) => _weights.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(int key, [MaybeNullWhen(false)] out double value) => _weights.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<int, double>> GetEnumerator() => _weights.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The weights of pairs of any kind, as F# gives them.</summary>
    /// <param name="weights">Weights by class; <see langword="null"/> stays it.</param>
    /// <exception cref="ArgumentException">A class is given twice.</exception>
    [return: NotNullIfNotNull(nameof(weights))]
    public static ClassWeights? Of(IEnumerable<KeyValuePair<int, double>>? weights) =>
        weights is null ? null : weights as ClassWeights ?? new ClassWeights(weights);

    /// <summary>The weights of a dictionary.</summary>
    [return: NotNullIfNotNull(nameof(weights))]
    public static implicit operator ClassWeights?(Dictionary<int, double>? weights) => Of(weights);
}
