using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Objectives;

/// <summary>Applies an <see cref="ElementReduction"/>.</summary>
internal static class ElementReductions
{
    /// <summary>One value a row.</summary>
    /// <param name="reduction">Whether they are added up or averaged.</param>
    /// <param name="elements">(rows, ...).</param>
    public static Tensor Rows(this ElementReduction reduction, Tensor elements)
    {
        Tensor flat = elements.dim() == 1 ? elements.unsqueeze(1) : elements.flatten(1);
        return reduction switch
        {
            ElementReduction.Mean => flat.mean([1]),
            ElementReduction.Sum => flat.sum(1L),
            ElementReduction.HalfSum => flat.sum(1L).Times(0.5),
            _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "There is no such reduction."),
        };
    }
}
