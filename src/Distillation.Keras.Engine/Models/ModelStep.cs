using Distillation.Keras.Layers;

namespace Distillation.Keras.Models;

/// <summary>One use of a layer in a model's graph.</summary>
/// <param name="Layer">The layer; a nested model is one.</param>
/// <param name="Inputs">What it is used on: tensors of the model, with masks and arguments by name.</param>
/// <param name="Outputs">What it gives; compared by reference with the inputs of later steps and with the model's outputs.</param>
public sealed record ModelStep(Layer Layer, LayerInputs<KerasTensor> Inputs, IReadOnlyList<KerasTensor> Outputs)
{
    /// <summary>The layer; a nested model is one.</summary>
    public Layer Layer { get; } = Layer ?? throw new ArgumentNullException(nameof(Layer));

    /// <summary>What it is used on: tensors of the model, with masks and arguments by name.</summary>
    public LayerInputs<KerasTensor> Inputs { get; } = Inputs ?? throw new ArgumentNullException(nameof(Inputs));

    /// <summary>What it gives; compared by reference with the inputs of later steps and with the model's outputs.</summary>
    public IReadOnlyList<KerasTensor> Outputs { get; } = Outputs ?? throw new ArgumentNullException(nameof(Outputs));
}
