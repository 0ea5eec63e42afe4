using Distillation.Keras.Backend;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Shortens gradients. Source: <c>keras/src/optimizers/base_optimizer.py</c>.</summary>
internal static class GradientClipping
{
    /// <summary>Puts clipped gradients in the place of the given ones, which are not changed.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="rows">
    /// Those that stand by rows too: their rows count one by one for a norm, and are clipped one by one. After a norm they are summed.
    /// </param>
    /// <param name="clipnorm">The largest norm of one.</param>
    /// <param name="clipvalue">The largest magnitude of an entry.</param>
    /// <param name="global_clipnorm">The largest norm of all.</param>
    public static void Clip(Tensor?[] gradients, RowGradient?[] rows, double? clipnorm, double? clipvalue, double? global_clipnorm)
    {
        if (clipnorm is double norm)
        {
            Replace(gradients, (g, i) => g.mul(FactorOf(NormOf(g, rows[i]), norm)));
            Array.Clear(rows);
        }
        else if (global_clipnorm is double global)
        {
            Tensor together = stack(gradients.Zip(rows).Where(p => p.First is not null).Select(p => NormOf(p.First!, p.Second))).norm();
            // Not finite together: every gradient becomes NaN, so that the step cannot pass for a good one.
            Tensor factor = FactorOf(together, global).Accumulate(together - together);
            Replace(gradients, (g, _) => g.mul(factor));
            Array.Clear(rows);
        }
        else if (clipvalue is double value)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = rows[i]?.With(rows[i]!.Values.Between(-value, value));
            }

            Replace(gradients, (g, i) => rows[i]?.Sum() ?? g.Between(-value, value));
        }
    }

    private static Tensor NormOf(Tensor gradient, RowGradient? rows) => rows is null ? gradient.norm() : rows.Values.norm();

    // largest / max(norm, largest)
    private static Tensor FactorOf(Tensor norm, double largest) => norm.AtLeast(largest).reciprocal_().Scale(largest);

    private static void Replace(Tensor?[] gradients, Func<Tensor, int, Tensor> clipped)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i] is Tensor gradient)
            {
                gradients[i] = clipped(gradient, i);
            }
        }
    }
}
