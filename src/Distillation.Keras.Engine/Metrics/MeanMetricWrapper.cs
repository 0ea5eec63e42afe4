using Distillation.Keras.Backend;
using Distillation.Keras.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>The weighted mean, over samples, of a function of targets and predictions. 0 before the first update.</summary>
/// <remarks>
/// <para>Mutable and not thread-safe. Values (n, t) of a sample's positions are averaged to (n,) first; weights (n,) or (n, t) fit both.
/// In a scalar the whole batch counts once.</para>
/// <para>
/// A configuration holds a function by its name: one of Keras' (<see cref="MetricFunctions"/>, <see cref="LossFunctions"/>), or a loss.
/// <see cref="GetConfig"/> of this very class with another function is refused; derived classes have their own.
/// </para>
/// <para>Source: <c>keras/src/metrics/reduction_metrics.py</c>.</para>
/// </remarks>
public partial class MeanMetricWrapper : Metric
{
    private readonly Variable _total;
    private readonly Variable _count;

    /// <summary>Wraps a function.</summary>
    /// <param name="fn">
    /// From targets and predictions (batch first) to values, one a sample or one a position. It disposes nothing that it was given; what it
    /// makes is disposed after use.
    /// </param>
    /// <param name="name">Its name in logs; <see langword="null"/>: the function's name in snake_case, or <c>lambda</c>.</param>
    /// <param name="dtype">The type that it sums in; float32 by default.</param>
    public MeanMetricWrapper(Func<Tensor, Tensor, Tensor> fn, string? name = null, DTypePolicy? dtype = null)
        : base(name ?? Naming.OfFunction(fn), dtype)
    {
        ArgumentNullException.ThrowIfNull(fn);
        Fn = fn;
        _function = KerasNameOf(fn);
        _total = AddVariable("total");
        _count = AddVariable("count");
    }

    /// <summary>The function of targets and predictions whose values are averaged.</summary>
    public Func<Tensor, Tensor, Tensor> Fn { get; }

    /// <summary>A loss as a metric: the mean over batches of the loss' own value, each batch counting with its number of samples.</summary>
    /// <param name="loss">The loss. Weights cannot be used with it, as its value is one for the whole batch.</param>
    public static MeanMetricWrapper FromLoss(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return new MeanMetricWrapper((y_true, y_pred) => loss.Call(y_true, y_pred), loss.Name, loss.DType) { OfLoss = loss };
    }

    /// <inheritdoc/>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) =>
        UpdateMasked(y_true, y_pred, sample_weight, null);

    /// <inheritdoc/>
    public override Tensor Result()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return Finish(SampleValues.Ratio(_total, _count)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    internal override bool TakesLabelsAlone =>
        GetType() != typeof(MeanMetricWrapper)
            ? base.TakesLabelsAlone
            : OfLoss is not null and not LossFunctionWrapper && OfLoss.GetType().Assembly == typeof(Loss).Assembly;

    /// <inheritdoc/>
    protected internal override void ValidateOutput(KerasTensor output) => OfLoss?.ValidateOutput(output);

    /// <inheritdoc/>
    protected override Metric CloneCore() =>
        GetType() != typeof(MeanMetricWrapper)
            ? base.CloneCore()
            : new MeanMetricWrapper(Fn, Name, DType)
            {
                OfLoss = OfLoss,
                _function = _function,
                _arguments = _arguments,
            };

    /// <summary>Makes the result of the mean; RootMeanSquaredError takes the root.</summary>
    private protected virtual Tensor Finish(Tensor mean) => mean;

    /// <summary>Changes the weights of values where a metric leaves some out by itself.</summary>
    private protected virtual Tensor? WeightsFor(Tensor y_true, Tensor y_pred, Tensor? weight) => weight;

    /// <inheritdoc/>
    internal override void UpdateMasked(Tensor y_true, Tensor y_pred, Tensor? sample_weight, Tensor? mask)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            Tensor values = Fn(y_true, y_pred);
            if (values is null || values.IsInvalid)
            {
                throw new InvalidOperationException(
                    $"The function of the metric '{Name}' should give a tensor of values, one a sample or one a position, but gave "
                        + $"{(values is null ? "null" : "a tensor that is disposed")}."
                );
            }

            if (OfLoss is not null && values.dim() == 0 && y_pred.dim() > 0 && sample_weight is null && mask is null)
            {
                // It counts for each sample of the batch: Keras counts each batch once, so that the result depends on the batches' size.
                values = values.expand(y_pred.shape[0]);
            }

            if (mask is not null)
            {
                mask = mask.to_type(DType.ComputeType);
                if (sample_weight is not null)
                {
                    Ranks.Match(ref mask, ref sample_weight);
                    mask = sample_weight.mul(mask);
                }
            }

            SampleValues.AddMean(_total, _count, values, WeightsFor(y_true, y_pred, mask ?? sample_weight), Name);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e, y_true, y_pred, sample_weight);
        }
    }
}
