using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <summary>One symbolic tensor or several: what a model's <c>inputs</c> and <c>outputs</c> take.</summary>
/// <remarks>Immutable. A tensor, an <see cref="Input"/>, and arrays and lists of them convert.</remarks>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(KerasTensors), nameof(Create))]
public sealed class KerasTensors : IEnumerable<KerasTensor>
{
    internal KerasTensors(IEnumerable<KerasTensor> items, bool isList, IReadOnlyList<string>? keys = null)
    {
        Items = [.. items];
        IsList = isList;
        Keys = keys;
        if (Items.Contains(null!))
        {
            throw new ArgumentException("A model's inputs and outputs are tensors, but one of them is null.", nameof(items));
        }
    }

    /// <summary>Several tensors.</summary>
    public KerasTensors(IEnumerable<KerasTensor> items)
        : this(items ?? throw new ArgumentNullException(nameof(items)), isList: true) { }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<KerasTensor> Items { get; }

    /// <summary>Their names where they were given by name, in the order of <see cref="Items"/>; else <see langword="null"/>.</summary>
    public IReadOnlyList<string>? Keys { get; }

    internal bool IsList { get; }

    /// <summary>Where they are in lists of lists and the like, with their numbers in JSON; <see langword="null"/> for one list.</summary>
    internal System.Text.Json.Nodes.JsonNode? Template { get; init; }

    /// <summary>Other tensors in their places.</summary>
    internal KerasTensors Map(Func<KerasTensor, KerasTensor> map) => new(Items.Select(map), IsList, Keys) { Template = Template };

    /// <summary>Several tensors: <c>new Model([a, b], [c, d])</c>.</summary>
    public static KerasTensors Create(ReadOnlySpan<KerasTensor> items) => new(items.ToArray());

    /// <inheritdoc/>
    public IEnumerator<KerasTensor> GetEnumerator() => Items.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One tensor.</summary>
    public static implicit operator KerasTensors(KerasTensor tensor) => new([tensor], isList: false);

    /// <summary>The tensor of an input.</summary>
    public static implicit operator KerasTensors(Input input) =>
        new([(input ?? throw new ArgumentNullException(nameof(input))).Output], isList: false);

    /// <summary>Several tensors.</summary>
    public static implicit operator KerasTensors(KerasTensor[] tensors) => new(tensors);

    /// <summary>Several tensors.</summary>
    public static implicit operator KerasTensors(List<KerasTensor> tensors) => new(tensors);

    /// <summary>
    /// Several tensors by name, by which data, losses and metrics are then given; in the order of the names, as in Keras.
    /// </summary>
    public static implicit operator KerasTensors(Dictionary<string, KerasTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        string[] keys = [.. tensors.Keys.Order(StringComparer.Ordinal)];
        return new KerasTensors(keys.Select(k => tensors[k]), isList: true, keys);
    }

    /// <summary>The tensors of several inputs.</summary>
    public static implicit operator KerasTensors(Input[] inputs) => new(inputs.Select(i => i.Output));
}
