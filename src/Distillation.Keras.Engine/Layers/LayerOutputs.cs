using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What a call of a layer gives: tensors, and the mask of each.</summary>
/// <remarks>Immutable. The tensors belong to the caller or to the dispose scope that is open.</remarks>
public sealed class LayerOutputs
{
    private readonly IReadOnlyList<Tensor?> _masks;

    internal LayerOutputs(IReadOnlyList<Tensor> tensors, IReadOnlyList<Tensor?> masks)
    {
        Tensors = tensors;
        _masks = masks;
    }

    /// <summary>The outputs in order, batch first.</summary>
    public IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>Whether any output has a mask.</summary>
    internal bool HasMasks => _masks.Count > 0;

    /// <summary>The mask of an output; <see langword="null"/> where it has none.</summary>
    /// <param name="index">The output's place among <see cref="Tensors"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such output.</exception>
    public Tensor? Mask(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Tensors.Count);
        return index < _masks.Count ? _masks[index] : null;
    }

    /// <summary>Disposes the masks, which nobody asks for where a layer is called on tensors without masks.</summary>
    /// <param name="inputs">What the layer was called on: the caller's, of which a layer may make a mask.</param>
    internal void DisposeMasks(IReadOnlyList<Tensor> inputs)
    {
        foreach (Tensor? mask in _masks)
        {
            if (mask is not null && !Tensors.Holds(mask) && !inputs.Holds(mask))
            {
                mask.Dispose();
            }
        }
    }
}
