using Distillation.Keras.Layers;

namespace Distillation.Keras.Objectives;

/// <summary>A layer whose output an objective looks at: by name or by the layer itself.</summary>
/// <remarks>
/// Immutable. A name and a layer convert: <c>new AttentionTransfer("conv2", "conv1")</c>. The output is taken after the layer's own
/// activation unless
/// <see cref="BeforeActivation"/> says otherwise.
/// </remarks>
public sealed class LayerReference
{
    /// <summary>The layer of that name.</summary>
    /// <param name="name">A name of <c>model.Layers</c>. A layer inside a nested model: <c>"nested/conv1"</c>.</param>
    /// <param name="beforeActivation">Whether the values before the layer's own activation are meant.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public LayerReference(string name, bool beforeActivation = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        IsBeforeActivation = beforeActivation;
    }

    /// <summary>A layer of the student's or the teacher's model, which must be of it.</summary>
    /// <param name="layer">A layer of the model.</param>
    /// <param name="beforeActivation">Whether the values before the layer's own activation are meant.</param>
    public LayerReference(Layer layer, bool beforeActivation = false)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Name = layer.Name;
        Layer = layer;
        IsBeforeActivation = beforeActivation;
    }

    /// <summary>The layer's name.</summary>
    public string Name { get; }

    /// <summary>The layer, where it was given itself.</summary>
    public Layer? Layer { get; }

    /// <summary>Whether the values before the layer's own activation are meant.</summary>
    public bool IsBeforeActivation { get; }

    /// <summary>The same layer's values before its own activation: <c>LayerReference.BeforeActivation("conv1")</c>.</summary>
    public static LayerReference BeforeActivation(LayerReference layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.Layer is Layer given
            ? new LayerReference(given, beforeActivation: true)
            : new LayerReference(layer.Name, beforeActivation: true);
    }

    /// <summary>The layer of that name.</summary>
    public static implicit operator LayerReference(string name) => new(name);

    /// <summary>
    /// A layer of the model, for its output; <see cref="BeforeActivation"/> or the constructor ask for what is before its activation.
    /// </summary>
    public static implicit operator LayerReference(Layer layer) => new(layer);

    /// <inheritdoc/>
    public override string ToString() => IsBeforeActivation ? $"'{Name}' before its activation" : $"'{Name}'";
}
