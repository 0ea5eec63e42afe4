namespace Distillation.Keras.Metrics;

/// <summary>
/// How often the right class is among the k greatest predictions, for one-hot targets. A class that is tied with the k-th is inside.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.TopKCategoricalAccuracy(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, int)"/>. Source:
/// <c>keras/src/metrics/accuracy_metrics.py</c>.
/// </remarks>
public sealed class TopKCategoricalAccuracy : MeanMetricWrapper
{
    /// <inheritdoc cref="TopKCategoricalAccuracy" path="/summary"/>
    /// <param name="k">How many predictions to look at.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not positive.</exception>
    public TopKCategoricalAccuracy(int k = 5, string? name = "top_k_categorical_accuracy", DTypePolicy? dtype = null)
        : base((y_true, y_pred) => MetricFunctions.TopKCategoricalAccuracy(y_true, y_pred, k), name, dtype) => K = Arguments.AtLeast(1, k);

    /// <summary>How many predictions it looks at.</summary>
    public int K { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
