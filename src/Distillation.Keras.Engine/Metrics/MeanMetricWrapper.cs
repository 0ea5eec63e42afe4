using System.Text.Json.Nodes;
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
/// A configuration cannot hold a function: <see cref="GetConfig"/> of this very class is refused, derived classes have their own.
/// </para>
/// <para>Source: <c>keras/src/metrics/reduction_metrics.py</c>.</para>
/// </remarks>
public class MeanMetricWrapper : Metric
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
    /// <exception cref="NotSupportedException">It is of this very class, whose function no configuration can hold.</exception>
    public override JsonObject GetConfig() =>
        GetType() == typeof(MeanMetricWrapper)
            ? throw new NotSupportedException(
                $"The metric '{Name}' wraps a function, which no configuration can hold. Derive a class from MeanMetricWrapper, register "
                    + "it with KerasSerializer.Register<T>(), and use that."
            )
            : base.GetConfig();

    /// <summary>The loss whose value it is, if any.</summary>
    private Loss? OfLoss { get; init; }

    /// <inheritdoc/>
    internal override bool TakesLabelsAlone =>
        GetType() != typeof(MeanMetricWrapper)
            ? base.TakesLabelsAlone
            : OfLoss is not null and not LossFunctionWrapper && OfLoss.GetType().Assembly == typeof(Loss).Assembly;

    /// <inheritdoc/>
    protected internal override void ValidateOutput(KerasTensor output) => OfLoss?.ValidateOutput(output);

    /// <inheritdoc/>
    protected override Metric CloneCore() => OfLoss is Loss loss ? FromLoss(loss) : base.CloneCore();

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

    // Found by the reader of configurations: a function is never made from one.
    internal static MeanMetricWrapper FromConfig(JsonObject config) =>
        throw new NotSupportedException(
            "MeanMetricWrapper holds a function, which is never made from a configuration or a "
                + $"string{(config["name"] is JsonValue name ? $" (its name is {name.ToJsonString()})" : string.Empty)}. Make one with "
                + "new MeanMetricWrapper(fn)."
        );
}
