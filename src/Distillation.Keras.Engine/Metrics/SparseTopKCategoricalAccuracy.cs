using System.Text.Json.Nodes;

namespace Distillation.Keras.Metrics;

/// <summary>
/// How often the right class is among the k greatest predictions, for targets that are class numbers. A class that is tied with the k-th is
/// inside.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Values:
/// <see cref="MetricFunctions.SparseTopKCategoricalAccuracy(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor, int, bool)"/>. Source:
/// <c>keras/src/metrics/accuracy_metrics.py</c>.
/// </remarks>
public sealed class SparseTopKCategoricalAccuracy : MeanMetricWrapper
{
    /// <inheritdoc cref="SparseTopKCategoricalAccuracy" path="/summary"/>
    /// <param name="k">How many predictions to look at.</param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="from_sorted_ids">Whether predictions are class numbers, the best first, instead of a value for each class.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not positive.</exception>
    public SparseTopKCategoricalAccuracy(
        int k = 5,
        string? name = "sparse_top_k_categorical_accuracy",
        DTypePolicy? dtype = null,
        bool from_sorted_ids = false
    )
        : base((y_true, y_pred) => MetricFunctions.SparseTopKCategoricalAccuracy(y_true, y_pred, k, from_sorted_ids), name, dtype)
    {
        K = Arguments.AtLeast(1, k);
        FromSortedIds = from_sorted_ids;
    }

    /// <summary>How many predictions it looks at.</summary>
    public int K { get; }

    /// <summary>Whether predictions are class numbers, the best first.</summary>
    public bool FromSortedIds { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (!FromSortedIds)
        {
            // Keras writes it only where it was set, so that older versions can read the file.
            config.Remove("from_sorted_ids");
        }

        return config;
    }
}
