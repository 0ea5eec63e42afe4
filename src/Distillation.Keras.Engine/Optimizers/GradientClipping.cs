using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Shortens gradients. Source: <c>keras/src/optimizers/base_optimizer.py</c>.</summary>
internal static class GradientClipping
{
    /// <summary>Puts clipped gradients in the place of the given ones, which are not changed.</summary>
    public static void Clip(Tensor?[] gradients, double? clipnorm, double? clipvalue, double? global_clipnorm)
    {
        if (clipnorm is double norm)
        {
            Replace(gradients, g => g.mul(FactorOf(g.norm(), norm)));
        }
        else if (global_clipnorm is double global)
        {
            Tensor together = stack(gradients.OfType<Tensor>().Select(g => g.norm())).norm();
            // Not finite together: every gradient becomes NaN, so that the step cannot pass for a good one.
            Tensor factor = FactorOf(together, global).Accumulate(together - together);
            Replace(gradients, g => g.mul(factor));
        }
        else if (clipvalue is double value)
        {
            Replace(gradients, g => g.Between(-value, value));
        }
    }

    // largest / max(norm, largest)
    private static Tensor FactorOf(Tensor norm, double largest) => norm.AtLeast(largest).reciprocal_().Scale(largest);

    private static void Replace(Tensor?[] gradients, Func<Tensor, Tensor> clipped)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is Tensor gradient)
            {
                gradients[i] = clipped(gradient);
            }
        }
    }
}
