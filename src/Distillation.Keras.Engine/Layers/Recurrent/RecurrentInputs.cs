using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>What a cell computes all steps of.</summary>
/// <param name="Sequences">(batch, steps, ...), in the order in which the steps are computed.</param>
/// <param name="States">The states before the first step, (batch, size) each.</param>
/// <param name="Mask">Which steps count, bool, (batch, steps); <see langword="null"/>: all.</param>
/// <param name="WantsAll">Whether the outputs of all steps are asked for.</param>
/// <param name="IsZeroMasked">Whether the output of a step that does not count is zero, instead of that of the step before.</param>
internal sealed record RecurrentInputs(Tensor Sequences, IReadOnlyList<Tensor> States, Tensor? Mask, bool WantsAll, bool IsZeroMasked)
{
    /// <summary>The inputs of each step, whose gradients are put together at once.</summary>
    public Tensor[] Steps() => Sequences.unbind(1);
}

/// <summary>What a cell has computed of sequences.</summary>
/// <param name="Last">The output of the last step, (batch, size).</param>
/// <param name="All">The outputs of all steps, (batch, steps, size), where they were asked for.</param>
/// <param name="States">The states after the last step.</param>
internal sealed record RecurrentOutputs(Tensor Last, Tensor? All, IReadOnlyList<Tensor> States);
