using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>The weighted mean of given values, such as losses. 0 before the first update.</summary>
/// <remarks>
/// Mutable and not thread-safe. It takes values and weights; for a function of targets and predictions see <see cref="MeanMetricWrapper"/>.
/// Source: <c>keras/src/metrics/reduction_metrics.py</c>.
/// </remarks>
public sealed class Mean : Metric
{
    private readonly Variable _total;
    private readonly Variable _count;

    /// <inheritdoc cref="Mean" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    public Mean(string? name = "mean", DTypePolicy? dtype = null)
        : base(name, dtype)
    {
        _total = AddVariable("total");
        _count = AddVariable("count");
    }

    /// <summary>Takes in values. Values of one sample are averaged first, so that a sample counts once.</summary>
    /// <param name="values">A scalar, or values with the batch axis first.</param>
    /// <param name="sample_weight">Weights that broadcast against the values, or one a sample, or <see langword="null"/> (1).</param>
    /// <exception cref="ArgumentException">The weights' shape does not fit.</exception>
    public void UpdateState(Tensor values, Tensor? sample_weight = null)
    {
        TensorGuard.Real(values);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            SampleValues.AddMean(_total, _count, values, sample_weight, Name);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"The metric '{Name}' ({ClassName})",
                "Compare the shapes and types with what it takes.",
                (nameof(values), values),
                (nameof(sample_weight), sample_weight)
            );
        }
    }

    /// <summary>Takes in values of an array, such as <c>Predict</c> gives.</summary>
    /// <param name="values">A scalar, or values with the batch axis first: an <c>NDArray</c>, a tensor or a C# array.</param>
    /// <param name="sample_weight">Weights that broadcast against the values, or one a sample, or <see langword="null"/> (1).</param>
    /// <exception cref="ArgumentException">One of them is not a single array, or the weights' shape does not fit.</exception>
    public void UpdateState(ArrayLike values, ArrayLike? sample_weight = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor given = Single(values, nameof(values));
        UpdateState(given, sample_weight is null ? null : Single(sample_weight, nameof(sample_weight)));
    }

    /// <summary>Not possible: a mean takes values and weights.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) =>
        throw new NotSupportedException(
            $"The metric {Name} is a Mean, which takes values and weights, not targets and predictions. Call UpdateState(values, "
                + "sample_weight) on the Mean itself, or wrap a function of both in a MeanMetricWrapper."
        );

    /// <inheritdoc/>
    public override Tensor Result()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return SampleValues.Ratio(_total, _count).MoveToOuterDisposeScope();
    }
}
