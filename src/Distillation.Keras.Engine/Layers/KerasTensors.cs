using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <summary>One symbolic tensor or several: what a model's <c>inputs</c> and <c>outputs</c> take.</summary>
/// <remarks>Immutable. A tensor, an <see cref="Input"/>, and arrays and lists of them convert.</remarks>
[System.Runtime.CompilerServices.CollectionBuilder(typeof(KerasTensors), nameof(Create))]
public sealed class KerasTensors : IEnumerable<KerasTensor>
{
    internal KerasTensors(IEnumerable<KerasTensor> items, bool isList)
    {
        Items = [.. items];
        IsList = isList;
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

    internal bool IsList { get; }

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

    /// <summary>The tensors of several inputs.</summary>
    public static implicit operator KerasTensors(Input[] inputs) => new(inputs.Select(i => i.Output));
}
