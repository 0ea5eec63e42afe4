namespace Distillation.Keras.Metrics;

/// <summary>The mean of the crossentropy of one-hot targets.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.CategoricalCrossentropy"/>. Source:
/// <c>keras/src/metrics/probabilistic_metrics.py</c>.
/// </remarks>
public sealed class CategoricalCrossentropy : MeanMetricWrapper
{
    /// <inheritdoc cref="CategoricalCrossentropy" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="from_logits">Whether predictions are logits.</param>
    /// <param name="label_smoothing">How much of each target is spread over the classes, in [0, 1].</param>
    /// <param name="axis">The axis of the classes.</param>
    public CategoricalCrossentropy(
        string? name = "categorical_crossentropy",
        DTypePolicy? dtype = null,
        bool from_logits = false,
        double label_smoothing = 0,
        int axis = -1
    )
        : base((y_true, y_pred) => LossFunctions.CategoricalCrossentropy(y_true, y_pred, from_logits, label_smoothing, axis), name, dtype)
    {
        FromLogits = from_logits;
        LabelSmoothing = Arguments.Fraction(label_smoothing);
        Axis = axis;
    }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <summary>How much of each target is spread over the classes.</summary>
    public double LabelSmoothing { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;
}
