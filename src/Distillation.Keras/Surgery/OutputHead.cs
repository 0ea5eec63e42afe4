using Distillation.Keras.Layers;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>One output of a classifier.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Activation">What it ends in.</param>
/// <param name="Logits">What comes before that.</param>
internal sealed record OutputHead(string Name, OutputActivation Activation, KerasTensor Logits)
{
    /// <summary>(batch, classes) or (batch, time, classes).</summary>
    public Shape Shape => Logits.Shape;

    /// <summary>The layer that makes the output's probabilities; <see langword="null"/> where it has none.</summary>
    public Layer? Last { get; init; }

    /// <summary>
    /// What the layer that makes the probabilities would add to the loss, had it computed them; <see langword="null"/> where it has no
    /// penalty.
    /// </summary>
    /// <param name="logits">What comes in its place.</param>
    public Tensor? Penalty(Tensor logits)
    {
        if (Last?.ActivityRegularizer is not { } regularizer)
        {
            return null;
        }

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Tensor probabilities = Activation == OutputActivation.Sigmoid ? logits.sigmoid() : logits.softmax(-1);
        return Layer.Penalty(regularizer, probabilities, Last.Name).MoveToOuterDisposeScope();
    }
}
