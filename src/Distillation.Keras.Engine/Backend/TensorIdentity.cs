using static TorchSharp.torch;

namespace Distillation.Keras.Backend;

/// <summary>Which tensor a tensor is.</summary>
/// <remarks>
/// TorchSharp's <c>Equals</c> compares the elements, and so does all that goes through it: <c>Contains</c>, <c>IndexOf</c>, keys of a
/// dictionary, records.
/// </remarks>
internal static class TensorIdentity
{
    /// <summary>Whether one of the tensors is this object.</summary>
    public static bool Holds(this IReadOnlyList<Tensor> tensors, Tensor tensor)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            if (ReferenceEquals(tensors[i], tensor))
            {
                return true;
            }
        }

        return false;
    }
}
