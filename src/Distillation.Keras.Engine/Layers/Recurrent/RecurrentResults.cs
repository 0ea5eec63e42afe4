using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>Hands on what a recurrent layer has computed in a dispose scope of its own.</summary>
internal static class RecurrentResults
{
    /// <summary>
    /// The tensors, in the dispose scope around the innermost one. Each is an object of its own, which its owner may dispose: an output may
    /// be a state, and a cell may hand on what it was given.
    /// </summary>
    public static IReadOnlyList<Tensor> Of(IReadOnlyList<Tensor> computed)
    {
        DisposeScope scope = CurrentDisposeScope!;
        var results = new Tensor[computed.Count];
        for (int i = 0; i < results.Length; i++)
        {
            Tensor own = scope.Contains(computed[i]) ? computed[i] : computed[i].alias();
            results[i] = own.MoveToOuterDisposeScope();
        }

        return results;
    }
}
