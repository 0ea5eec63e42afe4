namespace Distillation.Keras.Metrics;

/// <summary>
/// How often predictions equal targets exactly. The string <c>"accuracy"</c> is not this one: it stands for the accuracy that fits the
/// shapes.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="MetricFunctions.Accuracy(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor)"/>. Source:
/// <c>keras/src/metrics/accuracy_metrics.py</c>.
/// </remarks>
public sealed class Accuracy : MeanMetricWrapper
{
    /// <inheritdoc cref="Accuracy" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public Accuracy(string? name = "accuracy", DTypePolicy? dtype = null)
        : base(static (y_true, y_pred) => MetricFunctions.Accuracy(y_true, y_pred), name, dtype) { }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;
}
