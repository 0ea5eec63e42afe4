using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the Kullback-Leibler divergence of predictions from targets.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.KlDivergence"/>. Source:
/// <c>keras/src/metrics/probabilistic_metrics.py</c>.
/// </remarks>
[Identifiers("kl_divergence")]
public sealed class KLDivergence : MeanMetricWrapper
{
    /// <inheritdoc cref="KLDivergence" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public KLDivergence(string? name = "kl_divergence", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => LossFunctions.KlDivergence(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
