namespace Distillation.Keras.Metrics;

/// <summary>The harmonic mean of precision and recall of each class.</summary>
/// <remarks>
/// Mutable and not thread-safe. A <see cref="FBetaScore"/> with beta 1. Source: <c>keras/src/metrics/f_score_metrics.py</c>.
/// </remarks>
public sealed class F1Score : FBetaScore
{
    /// <inheritdoc cref="F1Score" path="/summary"/>
    /// <param name="average">
    /// <see langword="null"/>: a score for each class; <c>"micro"</c>: one of all values together; <c>"macro"</c>: the mean of the classes;
    /// <c>"weighted"</c>: their mean by the number of their targets.
    /// </param>
    /// <param name="threshold">
    /// Predictions strictly above it are positive, in (0, 1]; by default the greatest of a row is, and no other.
    /// </param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    public F1Score(string? average = null, double? threshold = null, string? name = "f1_score", DTypePolicy? dtype = null)
        : base(average, 1.0, threshold, name, dtype) { }
}
