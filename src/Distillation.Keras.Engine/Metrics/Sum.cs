using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>The weighted sum of given values.</summary>
/// <remarks>Mutable and not thread-safe. It takes values and weights. Source: <c>keras/src/metrics/reduction_metrics.py</c>.</remarks>
public sealed class Sum : Metric
{
    private readonly Variable _total;

    /// <inheritdoc cref="Sum" path="/summary"/>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    public Sum(string? name = "sum", DTypePolicy? dtype = null)
        : base(name, dtype) => _total = AddVariable("total");

    /// <summary>Takes in values.</summary>
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
            SampleValues.AddSum(_total, values, sample_weight, Name);
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

    /// <summary>Not possible: a sum takes values and weights.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) =>
        throw new NotSupportedException(
            $"The metric {Name} is a Sum, which takes values and weights, not targets and predictions. Call UpdateState(values, "
                + "sample_weight) on the Sum itself."
        );

    /// <inheritdoc/>
    public override Tensor Result()
    {
        using IDisposable noGrad = no_grad();
        return _total.Value.clone();
    }
}
