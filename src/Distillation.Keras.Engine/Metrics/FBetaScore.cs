using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>The F-score: the mean of precision and recall of each class, where recall weighs <c>beta</c> squared times as much.</summary>
/// <remarks>
/// Mutable and not thread-safe. Targets are one-hot or multi-hot rows (batch, classes), predictions scores of the same shape. Of a row with
/// a number that is NaN or infinite nothing is right. It has no result before its first batch, which says how many classes there are.
/// Source: <c>keras/src/metrics/f_score_metrics.py</c>.
/// </remarks>
public class FBetaScore : Metric
{
    private const double Epsilon = 1e-7;

    // What is no greater counts as 0, which is never the prediction.
    private const double Nothing = 1e-9;
    private Variable? _truePositives;
    private Variable? _falsePositives;
    private Variable? _falseNegatives;
    private Variable? _weights;

    /// <inheritdoc cref="FBetaScore" path="/summary"/>
    /// <param name="average">
    /// <see langword="null"/>: a score for each class; <c>"micro"</c>: one of all values together; <c>"macro"</c>: the mean of the classes;
    /// <c>"weighted"</c>: their mean by the number of their targets.
    /// </param>
    /// <param name="beta">The weight of recall; above 0.</param>
    /// <param name="threshold">
    /// Predictions strictly above it are positive, in (0, 1]; by default the greatest of a row is, and no other.
    /// </param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    public FBetaScore(
        string? average = null,
        double beta = 1.0,
        double? threshold = null,
        string? name = "fbeta_score",
        DTypePolicy? dtype = null
    )
        : base(name, dtype)
    {
        Average = average is null or "micro" or "macro" or "weighted"
            ? average
            : throw new ArgumentException(
                $"The average of an F-score is null (a score for each class), \"micro\", \"macro\" or \"weighted\", but \"{average}\" was "
                    + "given.",
                nameof(average)
            );
        Beta = Arguments.Positive(beta);
        Threshold = threshold is null or (> 0 and <= 1)
            ? threshold
            : throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "The threshold of an F-score is above 0 and at most 1.");
    }

    /// <summary>How the scores of the classes become one, or <see langword="null"/>: they do not.</summary>
    public string? Average { get; }

    /// <summary>The weight of recall.</summary>
    public double Beta { get; }

    /// <summary>What predictions must be above to be positive, or <see langword="null"/>: the greatest of a row is.</summary>
    public double? Threshold { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shapes are not (batch, classes), or the weights not (batch).</exception>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            Check(y_true, y_pred, sample_weight);
            ScalarType type = DType.ComputeType;
            y_pred = y_pred.is_floating_point() ? y_pred : y_pred.to(type);
            Tensor target = y_true.to_type(type);
            Tensor positive = Threshold is double threshold
                ? y_pred.IsAbove(threshold)
                : y_pred.ge(y_pred.amax([-1], keepdim: true)).logical_and(y_pred.abs().IsAbove(Nothing));
            Tensor predicted = Finite.OrWorst(y_true, positive.to_type(type), Finite.Rows(y_pred, keepdim: true));
            Tensor hits = predicted.mul(target);
            Tensor? weight = sample_weight?.to_type(type).unsqueeze(1);
            _truePositives!.Value.Accumulate(Total(hits, weight));
            _falsePositives!.Value.Accumulate(Total(predicted.sub(hits), weight));
            _falseNegatives!.Value.Accumulate(Total(target.sub(hits), weight));
            _weights!.Value.Accumulate(Total(target, weight));
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
        if (_truePositives is null)
        {
            throw new InvalidOperationException(
                $"The metric {Name} has no result before its first batch, from which it takes the number of classes. Update it first."
            );
        }

        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor precision = _truePositives.Value.div(_truePositives.Value.Plus(_falsePositives!.Value).Shift(Epsilon));
        Tensor recall = _truePositives.Value.div(_truePositives.Value.Plus(_falseNegatives!.Value).Shift(Epsilon));
        double square = Beta * Beta;
        Tensor score = precision.mul(recall).div(precision.Times(square).Accumulate(recall).Shift(Epsilon)).Scale(1 + square);
        score = Average switch
        {
            null => score,
            "weighted" => score.mul(_weights!.Value.div(_weights.Value.sum().Shift(Epsilon))).sum(),
            _ => score.mean(),
        };
        return score.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);

        // The number of classes came from a batch.
        int classes = (int)
            state.Integer(
                "classes",
                _truePositives is null ? 0
                    : Average == "micro" ? 1
                    : _truePositives.Shape[0]!.Value
            );
        if (_truePositives is null && classes > 0)
        {
            Build(classes);
        }

        if (classes == 0)
        {
            // Nothing had been taken in, so that there are no counts to exchange.
            ResetState();
            return;
        }

        base.ExchangeState(state);
    }

    private void Check(Tensor y_true, Tensor y_pred, Tensor? sample_weight)
    {
        if (
            y_pred.dim() != 2
            || !y_true.shape.AsSpan().SequenceEqual(y_pred.shape)
            || y_pred.shape[1] == 0
            || (Average != "micro" && _truePositives is not null && _truePositives.Shape[0] != y_pred.shape[1])
        )
        {
            string classes = Average != "micro" && _truePositives is not null ? Invariant($"{_truePositives.Shape[0]}") : "classes";
            throw new ArgumentException(
                $"The metric {Name} needs targets and predictions (batch, {classes}), but the targets' shape is {Ranks.ShapeOf(y_true)} "
                    + $"and the predictions' {Ranks.ShapeOf(y_pred)}. Class numbers become rows by Utils.ToCategorical."
            );
        }

        if (sample_weight is not null && (sample_weight.dim() != 1 || sample_weight.shape[0] != y_pred.shape[0]))
        {
            throw new ArgumentException(
                Invariant(
                    $"The metric {Name} needs weights ({y_pred.shape[0]}), one a sample, but their shape is "
                        + $"{Ranks.ShapeOf(sample_weight)}."
                ),
                nameof(sample_weight)
            );
        }

        if (_truePositives is null)
        {
            Build((int)y_pred.shape[1]);
        }
    }

    private void Build(int classes)
    {
        Shape shape = Average == "micro" ? Shape.Scalar : new Shape(classes);
        _truePositives = AddVariable("true_positives", shape);
        _falsePositives = AddVariable("false_positives", shape);
        _falseNegatives = AddVariable("false_negatives", shape);
        _weights = AddVariable("intermediate_weights", shape);
    }

    private Tensor Total(Tensor values, Tensor? weight)
    {
        Tensor weighted = weight is null ? values : values.mul(weight);
        return Average == "micro" ? weighted.sum() : weighted.sum(dim: 0L);
    }
}
