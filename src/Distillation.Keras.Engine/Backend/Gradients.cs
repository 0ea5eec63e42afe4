using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Gradients of a scalar.</summary>
internal static class Gradients
{
    /// <summary>The gradient of each tensor, in the open dispose scope; <see langword="null"/> where the scalar does not depend on it.</summary>
    /// <param name="scalar">What to differentiate.</param>
    /// <param name="values">Leaves that record gradients.</param>
    /// <remarks>
    /// Through <c>backward</c>: an error inside <c>autograd.grad</c> of TorchSharp 0.107 ends the process instead of becoming an exception.
    /// </remarks>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch cannot differentiate it.</exception>
    public static Tensor?[] Of(Tensor scalar, IReadOnlyList<Tensor> values)
    {
        scalar.backward();
        var gradients = new Tensor?[values.Count];
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = values[i].grad;
            values[i].grad = null;
        }

        return gradients;
    }
}
