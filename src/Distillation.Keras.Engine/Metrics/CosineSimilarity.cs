using System.Text.Json.Nodes;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the cosine of the angle between targets and predictions.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: minus <see cref="LossFunctions.CosineSimilarity"/>. Source:
/// <c>keras/src/metrics/regression_metrics.py</c>.
/// </remarks>
public sealed class CosineSimilarity : MeanMetricWrapper
{
    /// <inheritdoc cref="CosineSimilarity" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="axis">The axis of the vectors.</param>
    public CosineSimilarity(string? name = "cosine_similarity", DTypePolicy? dtype = null, int axis = -1)
        : base((y_true, y_pred) => LossFunctions.CosineSimilarity(y_true, y_pred, axis).neg(), name, dtype)
    {
        Axis = axis;
    }

    /// <summary>The axis of the vectors.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (Axis == -1)
        {
            // Keras 3.15 leaves the axis out. Ours is written where it would otherwise be lost.
            config.Remove("axis");
        }

        return config;
    }
}
