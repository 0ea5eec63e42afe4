using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Computes step after step.</summary>
/// <remarks>Source: <c>rnn</c> in <c>keras/src/backend/tensorflow/rnn.py</c>.</remarks>
internal static class RecurrentLoop
{
    /// <summary>All steps of sequences. What a step does not hand on is freed after it.</summary>
    /// <param name="sequences">The states, the mask and what is asked for.</param>
    /// <param name="inputs">What each step is computed of.</param>
    /// <param name="step">From that and the states to the output and then the new states.</param>
    public static RecurrentOutputs Over(
        RecurrentInputs sequences,
        Tensor[] inputs,
        Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> step
    )
    {
        Tensor[]? masks = sequences.Mask?.unbind(1);
        IReadOnlyList<Tensor> states = sequences.States;
        var outputs = new Tensor[sequences.WantsAll ? inputs.Length : 1];
        Tensor? last = null;
        for (int i = 0; i < inputs.Length; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            IReadOnlyList<Tensor> next = step(inputs[i], states);
            if (masks is not null)
            {
                next = Masked(next, states, masks[i], sequences.IsZeroMasked ? null : last);
            }

            foreach (Tensor tensor in next.Distinct<Tensor>(ReferenceEqualityComparer.Instance))
            {
                // A cell may hand on what it was given.
                if (scope.Contains(tensor))
                {
                    tensor.MoveToOuterDisposeScope();
                }
            }

            last = next[0];
            outputs[sequences.WantsAll ? i : 0] = last;
            states = [.. next.Skip(1)];
        }

        return new RecurrentOutputs(last!, sequences.WantsAll ? stack(outputs, 1) : null, states);
    }

    // A step that does not count leaves the states as they were, and the output of the step before; before the first one that is zero.
    private static Tensor[] Masked(IReadOnlyList<Tensor> next, IReadOnlyList<Tensor> states, Tensor counts, Tensor? before)
    {
        var masked = new Tensor[next.Count];
        for (int i = 0; i < masked.Length; i++)
        {
            Tensor otherwise = i == 0 ? before ?? zeros_like(next[0]) : states[i - 1];
            masked[i] = where(Expanded(counts, next[i]), next[i], otherwise);
        }

        return masked;
    }

    private static Tensor Expanded(Tensor counts, Tensor like) =>
        counts.view([counts.shape[0], .. Enumerable.Repeat(1L, (int)like.dim() - 1)]);
}
