using Distillation.Keras.Backend;
using TorchSharp;

namespace Distillation.Keras.Metrics;

/// <summary>The mean of the crossentropy of targets that are class numbers.</summary>
/// <remarks>
/// Mutable and not thread-safe. Values: <see cref="LossFunctions.SparseCategoricalCrossentropy"/>. Source:
/// <c>keras/src/metrics/probabilistic_metrics.py</c>.
/// </remarks>
public sealed class SparseCategoricalCrossentropy : MeanMetricWrapper
{
    /// <inheritdoc cref="SparseCategoricalCrossentropy" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    /// <param name="from_logits">Whether predictions are logits.</param>
    /// <param name="ignore_class">A class number whose positions do not count, or <see langword="null"/>.</param>
    /// <param name="axis">The axis of the classes: the last one.</param>
    public SparseCategoricalCrossentropy(
        string? name = "sparse_categorical_crossentropy",
        DTypePolicy? dtype = null,
        bool from_logits = false,
        int? ignore_class = null,
        int axis = -1
    )
        : base(
            (y_true, y_pred) => LossFunctions.SparseCategoricalCrossentropy(y_true, y_pred, from_logits, ignore_class, axis),
            name,
            dtype
        )
    {
        FromLogits = from_logits;
        IgnoreClass = ignore_class;
        Axis = axis;
    }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <summary>A class number whose positions do not count.</summary>
    public int? IgnoreClass { get; }

    /// <summary>The axis of the classes.</summary>
    public int Axis { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => false;

    // Keras leaves the positions out only where weights are given, and counts them as 0 otherwise. Its documentation says that they are
    // ignored.
    private protected override torch.Tensor? WeightsFor(torch.Tensor y_true, torch.Tensor y_pred, torch.Tensor? weight)
    {
        if (IgnoreClass is not int ignored)
        {
            return weight;
        }

        torch.Tensor counts = (y_true.dim() == y_pred.dim() ? y_true.squeeze(-1) : y_true).IsNot(ignored).to_type(DType.ComputeType);
        if (weight is null)
        {
            return counts;
        }

        Ranks.Match(ref counts, ref weight);
        while (weight.dim() < counts.dim())
        {
            weight = weight.unsqueeze(-1);
        }

        return counts.mul(weight);
    }
}
