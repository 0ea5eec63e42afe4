using Distillation.Keras.Saving;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the crossentropy of targets that are 0 or 1.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.BinaryCrossentropy"/>. Source:
/// <c>keras/src/metrics/probabilistic_metrics.py</c>.
/// </remarks>
[Identifiers("binary_crossentropy", "bce", "BCE")]
public sealed class BinaryCrossentropy : MeanMetricWrapper
{
    /// <inheritdoc cref="BinaryCrossentropy" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="from_logits">Whether predictions are logits.</param>
    /// <param name="label_smoothing">How much of each target is spread over the classes, in [0, 1].</param>
    public BinaryCrossentropy(
        string? name = "binary_crossentropy",
        DTypePolicy? dtype = null,
        bool from_logits = false,
        double label_smoothing = 0
    )
        : base((y_true, y_pred) => LossFunctions.BinaryCrossentropy(y_true, y_pred, from_logits, label_smoothing), name, dtype)
    {
        FromLogits = from_logits;
        LabelSmoothing = Arguments.Fraction(label_smoothing);
    }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <summary>How much of each target is spread over the classes.</summary>
    public double LabelSmoothing { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
