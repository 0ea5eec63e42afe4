using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>
/// The coefficient of determination: 1 for targets that are met, 0 for predictions that are no better than the targets' mean.
/// </summary>
/// <remarks>
/// Mutable and not thread-safe. Targets and predictions are (batch, outputs). It has no result before its first batch, and NaN after a
/// reset, as there is no mean of nothing. Source: <c>keras/src/metrics/regression_metrics.py</c>.
/// </remarks>
public sealed class R2Score : Metric
{
    private readonly Variable _samples;
    private Variable? _squaredSum;
    private Variable? _sum;
    private Variable? _residual;
    private Variable? _count;

    /// <inheritdoc cref="R2Score" path="/summary"/>
    /// <param name="class_aggregation">
    /// <c>"uniform_average"</c>: the mean of the outputs' scores; <c>"variance_weighted_average"</c>: their mean by the targets' variance;
    /// <see langword="null"/>: a score for each output.
    /// </param>
    /// <param name="num_regressors">
    /// The number of independent regressors, for the adjusted score; 0 for the plain one. Where there are no more samples than these and
    /// one, the score is the plain one.
    /// </param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    public R2Score(
        string? class_aggregation = "uniform_average",
        int num_regressors = 0,
        string? name = "r2_score",
        DTypePolicy? dtype = null
    )
        : base(name, dtype)
    {
        ClassAggregation = class_aggregation is null or "uniform_average" or "variance_weighted_average"
            ? class_aggregation
            : throw new ArgumentException(
                "The class_aggregation is null (a score for each output), \"uniform_average\" or \"variance_weighted_average\", but "
                    + $"\"{class_aggregation}\" was given.",
                nameof(class_aggregation)
            );
        NumRegressors =
            num_regressors >= 0
                ? num_regressors
                : throw new ArgumentOutOfRangeException(nameof(num_regressors), num_regressors, "The number of regressors is 0 or more.");
        _samples = AddVariable("num_samples");
    }

    /// <summary>How the scores of the outputs become one, or <see langword="null"/>: they do not.</summary>
    public string? ClassAggregation { get; }

    /// <summary>The number of independent regressors, or 0.</summary>
    public int NumRegressors { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes are not (batch, outputs), or the weights do not broadcast against them.</exception>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            Check(ref y_true, ref y_pred);
            ScalarType type = DType.ComputeType;
            Tensor target = y_true.to_type(type);
            Tensor error = target.sub(y_pred.to_type(type)).Squared();
            long count = y_true.numel();
            if (sample_weight is null)
            {
                _sum!.Value.Accumulate(target.sum(dim: 0L));
                _squaredSum!.Value.Accumulate(target.Squared().sum(dim: 0L));
                _residual!.Value.Accumulate(error.sum(dim: 0L));
                _count!.Value.Shift(y_true.shape[0]);
            }
            else
            {
                Tensor weight = Broadcast(sample_weight.to_type(type), target.shape);
                Tensor weighted = target.mul(weight);
                _sum!.Value.Accumulate(weighted.sum(dim: 0L));
                _squaredSum!.Value.Accumulate(weighted.mul(target).sum(dim: 0L));
                _residual!.Value.Accumulate(error.mul(weight).sum(dim: 0L));
                _count!.Value.Accumulate(weight.sum(dim: 0L));
            }

            _samples.Value.Shift(count);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e, y_true, y_pred, sample_weight);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There was no batch yet.</exception>
    public override Tensor Result()
    {
        if (_sum is null)
        {
            throw new InvalidOperationException(
                $"The metric {Name} has no result before its first batch, from which it takes the number of outputs. Update it first."
            );
        }

        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor total = _squaredSum!.Value.sub(_sum.Value.mul(_sum.Value.div(_count!.Value)));
        Tensor scores = _residual!.Value.div(total).Complement();
        scores = scores.Replaced(scores.isinf(), 0);
        Tensor score = ClassAggregation switch
        {
            null => scores,
            "uniform_average" => scores.mean(),
            _ => total.mul(scores).sum().div(total.sum()),
        };
        if (NumRegressors > 0)
        {
            Tensor free = _samples.Value.Minus((double)NumRegressors).Shift(-1);
            Tensor adjusted = score.Complement().mul(_samples.Value.Minus(1.0)).div(free).Complement();
            score = where(free.IsAbove(0), adjusted, score);
        }

        return score.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);

        // The number of outputs came from a batch.
        int outputs = (int)state.Integer("outputs", _sum?.Shape[0] ?? 0);
        if (_sum is null && outputs > 0)
        {
            Build(outputs);
        }

        if (outputs == 0)
        {
            // Nothing had been taken in, so that there are no sums to exchange.
            ResetState();
            return;
        }

        base.ExchangeState(state);
    }

    private void Check(ref Tensor y_true, ref Tensor y_pred)
    {
        Shape target = Ranks.ShapeOf(y_true);
        Shape output = Ranks.ShapeOf(y_pred);
        Ranks.Match(ref y_true, ref y_pred);
        if (
            y_pred.dim() != 2
            || !y_true.shape.AsSpan().SequenceEqual(y_pred.shape)
            || y_pred.shape[1] == 0
            || (_sum is not null && _sum.Shape[0] != y_pred.shape[1])
        )
        {
            string outputs = _sum is null ? "outputs" : Invariant($"{_sum.Shape[0]}");
            throw new ArgumentException(
                $"The metric {Name} needs targets and predictions (batch, {outputs}), but the targets' shape is {target} and the "
                    + $"predictions' {output}."
            );
        }

        if (_sum is null)
        {
            Build((int)y_pred.shape[1]);
        }
    }

    private void Build(int outputs)
    {
        var shape = new Shape(outputs);
        _squaredSum = AddVariable("squared_sum", shape);
        _sum = AddVariable("sum", shape);
        _residual = AddVariable("residual", shape);
        _count = AddVariable("count", shape);
    }

    private Tensor Broadcast(Tensor sample_weight, long[] sizes)
    {
        Shape given = Ranks.ShapeOf(sample_weight);
        Tensor weight = sample_weight.dim() == 1 ? sample_weight.unsqueeze(1) : sample_weight;

        return
            weight.dim() <= 2
            && (
                weight.dim() == 0
                || ((weight.shape[0] == 1 || weight.shape[0] == sizes[0]) && (weight.shape[1] == 1 || weight.shape[1] == sizes[1]))
            )
            ? weight.expand(sizes)
            : throw new ArgumentException(
                $"The metric {Name} needs weights that are one a sample or broadcast against its targets of shape "
                    + $"{Shape.FromSizes(sizes)}, but their shape is {given}.",
                nameof(sample_weight)
            );
    }
}
