namespace Distillation.Keras;

/// <summary>One output of a classifier.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Activation">What it ends in.</param>
/// <param name="Logits">What comes before that.</param>
internal sealed record OutputHead(string Name, OutputActivation Activation, KerasTensor Logits)
{
    /// <summary>(batch, classes) or (batch, time, classes).</summary>
    public Shape Shape => Logits.Shape;
}
