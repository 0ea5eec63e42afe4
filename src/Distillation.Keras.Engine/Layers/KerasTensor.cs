using Distillation.Keras.Backend;
using Distillation.Keras.Layers;

namespace Distillation.Keras;

/// <summary>A tensor of a model that is not computed yet: a shape, a type, and the layer it comes from.</summary>
/// <remarks>Immutable. Source: <c>keras/src/backend/common/keras_tensor.py</c>.</remarks>
public sealed partial class KerasTensor
{
    internal KerasTensor(Shape shape, string dtype, Node node, int index)
    {
        Shape = shape;
        DType = dtype;
        Node = node;
        Index = index;
    }

    /// <summary>The shape with the batch axis.</summary>
    public Shape Shape { get; }

    /// <summary>The element type: <c>"float32"</c>.</summary>
    public string DType { get; }

    /// <summary>The name of the layer that it comes from.</summary>
    public string Name => Node.Layer.Name;

    /// <summary>Whether it holds floating-point numbers.</summary>
    internal bool IsFloating => DTypes.IsFloating(DType);

    internal Node Node { get; }

    /// <summary>Whether its values are whole numbers, whatever its type says: no layer made fractions of them.</summary>
    internal bool IsWhole => !IsFloating || (Node.Layer.KeepsWholeNumbers && Node.Inputs.All(static t => t.IsWhole));

    internal int Index { get; }

    /// <inheritdoc/>
    public override string ToString() => $"<KerasTensor shape={Shape}, dtype={DType}, name={Name}>";
}
