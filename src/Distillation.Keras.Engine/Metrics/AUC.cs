using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.State;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Metrics;

/// <summary>
/// The area under the ROC, precision-recall or precision-recall-gain curve of a binary classifier, approximated at a number of thresholds.
/// </summary>
/// <remarks>
/// <para>Mutable and not thread-safe. Targets and predictions have the same shape; a target that is not 0 is positive. Predictions are
/// probabilities, unless <c>from_logits</c>; what lies outside [0, 1] counts as 0 or 1, and NaN or an infinity as the wrong one of the
/// two.</para>
/// <para>
/// Source: <c>keras/src/metrics/confusion_metrics.py</c>; interpolation of the precision-recall curve: Davis and Goadrich, ICML 2006,
/// section 4; gains: Flach and Kull, NIPS 2015.
/// </para>
/// </remarks>
public sealed class AUC : Metric
{
    private const double Epsilon = 1e-7;
    private const string Gain = "PRGAIN";
    private readonly bool _even;
    private Variable? _truePositives;
    private Variable? _falsePositives;
    private Variable? _trueNegatives;
    private Variable? _falseNegatives;

    /// <inheritdoc cref="AUC" path="/summary"/>
    /// <param name="num_thresholds">
    /// The number of thresholds, evenly spaced over [0, 1]; not used where <paramref name="thresholds"/> are given.
    /// </param>
    /// <param name="curve"><c>"ROC"</c>, <c>"PR"</c> or <c>"PRGAIN"</c>, precision and recall gain.</param>
    /// <param name="summation_method">
    /// <c>"interpolation"</c>, <c>"minoring"</c> (a lower bound) or <c>"majoring"</c> (an upper bound).
    /// </param>
    /// <param name="name">Its name in logs; by default Keras' own.</param>
    /// <param name="dtype">The type that it computes in; float32 by default.</param>
    /// <param name="thresholds">Thresholds of one's own, in [0, 1]; two, below 0 and above 1, are added.</param>
    /// <param name="multi_label">
    /// Whether each label (the last of two axes) has a curve of its own, whose areas are averaged; otherwise all values are one row.
    /// </param>
    /// <param name="num_labels">
    /// With <paramref name="multi_label"/>: the number of labels; by default it is taken from the first batch.
    /// </param>
    /// <param name="label_weights">
    /// Weights of the labels: of their areas with <paramref name="multi_label"/>, of their values otherwise.
    /// </param>
    /// <param name="from_logits">Whether predictions are logits, to which a sigmoid is applied.</param>
    /// <exception cref="ArgumentException">An argument is out of its range; the message gives the range.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for so many thresholds.</exception>
    public AUC(
        int num_thresholds = 200,
        string curve = "ROC",
        string summation_method = "interpolation",
        string? name = null,
        DTypePolicy? dtype = null,
        double[]? thresholds = null,
        bool multi_label = false,
        int? num_labels = null,
        double[]? label_weights = null,
        bool from_logits = false
    )
        : base(name, dtype)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentNullException.ThrowIfNull(summation_method);
        Curve =
            curve is "ROC" or "roc" ? "ROC"
            : curve is "PR" or "pr" ? "PR"
            : curve is "PRGAIN" or "prgain" ? Gain
            : throw new ArgumentException($"A curve is \"ROC\", \"PR\" or \"PRGAIN\", but \"{curve}\" was given.", nameof(curve));
        SummationMethod = summation_method is "interpolation" or "Interpolation" or "minoring" or "Minoring" or "majoring" or "Majoring"
            ? summation_method.ToLowerInvariant()
            : throw new ArgumentException(
                $"A summation method is \"interpolation\", \"minoring\" or \"majoring\", but \"{summation_method}\" was given.",
                nameof(summation_method)
            );
        if (thresholds is not null)
        {
            Thresholds = CurveThresholds.Checked(thresholds);
            _even = CurveThresholds.AreEven(Thresholds);
            NumThresholds = thresholds.Length + 2;
        }
        else
        {
            _even = true;
            NumThresholds =
                num_thresholds > 1
                    ? num_thresholds
                    : throw new ArgumentOutOfRangeException(
                        nameof(num_thresholds),
                        num_thresholds,
                        "A curve needs two thresholds or more."
                    );
        }

        if (num_labels is not null && (!multi_label || num_labels < 1))
        {
            throw new ArgumentException(
                Invariant(
                    $"num_labels is a positive number that goes with multi_label: true, but it is {num_labels} and multi_label is "
                        + $"{(multi_label ? "true" : "false")}."
                ),
                nameof(num_labels)
            );
        }

        if (
            label_weights is not null
            && (label_weights.Length == 0 || !Array.TrueForAll(label_weights, w => Arguments.IsFinite(w) && w >= 0))
        )
        {
            throw new ArgumentException(
                "Label weights are not negative, one for each label, but found: "
                    + $"{string.Join(", ", label_weights.Select(w => Invariant($"{w}")))}.",
                nameof(label_weights)
            );
        }

        MultiLabel = multi_label;
        NumLabels = num_labels;
        LabelWeights = label_weights?.ToArray();
        FromLogits = from_logits;
        if (!multi_label || num_labels is not null)
        {
            Build(num_labels);
        }
    }

    /// <summary>The number of thresholds, with the two at the ends.</summary>
    public int NumThresholds { get; }

    /// <summary><c>ROC</c>, <c>PR</c> or <c>PRGAIN</c>.</summary>
    public string Curve { get; }

    /// <summary>How the area is summed.</summary>
    public string SummationMethod { get; }

    /// <summary>The thresholds that were given, sorted, without the two at the ends.</summary>
    public IReadOnlyList<double>? Thresholds { get; }

    /// <summary>Whether each label has a curve of its own.</summary>
    public bool MultiLabel { get; }

    /// <summary>The number of labels that was given.</summary>
    public int? NumLabels { get; }

    /// <summary>The labels' weights.</summary>
    public IReadOnlyList<double>? LabelWeights { get; }

    /// <summary>Whether predictions are logits.</summary>
    public bool FromLogits { get; }

    /// <inheritdoc/>
    public override bool? HigherIsBetter => true;

    /// <inheritdoc/>
    public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null)
    {
        TensorGuard.Real(y_true);
        TensorGuard.Real(y_pred);
        try
        {
            using IDisposable noGrad = no_grad();
            using DisposeScope scope = NewDisposeScope();
            if (MultiLabel)
            {
                CheckLabels(Ranks.ShapeOf(y_pred));
            }

            ConfusionBatch batch = ConfusionBatch.Of(
                Name,
                y_true,
                y_pred,
                sample_weight,
                DType.ComputeType,
                MultiLabel,
                MultiLabel ? null : (double[]?)LabelWeights,
                FromLogits
            );
            ConfusionCounts counts = _even
                ? ConfusionCounts.AtEvenThresholds(batch, NumThresholds)
                : ConfusionCounts.At(batch, [-Epsilon, .. Thresholds!, 1 + Epsilon]);
            _truePositives!.Value.Accumulate(counts.TruePositives);
            _falsePositives!.Value.Accumulate(counts.FalsePositives);
            _trueNegatives!.Value.Accumulate(counts.Negatives.sub(counts.FalsePositives));
            _falseNegatives!.Value.Accumulate(counts.Positives.sub(counts.TruePositives));
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw Failed(e, y_true, y_pred, sample_weight);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The number of labels is not known yet: <c>multi_label</c> without <c>num_labels</c>, before the first batch.
    /// </exception>
    public override Tensor Result()
    {
        if (_truePositives is null)
        {
            throw new InvalidOperationException(
                $"The metric {Name} has no result before its first batch, from which it takes the number of labels. Give num_labels, or "
                    + "update it first."
            );
        }

        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor parts = Curve == "PR" && SummationMethod == "interpolation" ? InterpolatedPrecision() : Rectangles();
        Tensor areas = parts.sum(dim: 0L);
        if (MultiLabel && LabelWeights is double[] weights)
        {
            Tensor byLabel = tensor(weights, areas.dtype, device: areas.device);
            areas = Ratio(areas.mul(byLabel).sum(), byLabel.sum());
        }
        else if (MultiLabel)
        {
            areas = areas.mean();
        }

        return areas.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override JsonObject GetConfig()
    {
        JsonObject config = base.GetConfig();
        if (Thresholds is null)
        {
            config.Remove("thresholds");
        }

        if (LabelWeights is not null)
        {
            config["label_weights"] = new JsonObject
            {
                ["class_name"] = "__tensor__",
                ["config"] = new JsonObject { ["value"] = config["label_weights"]!.DeepClone(), ["dtype"] = DType.Name },
            };
        }

        return config;
    }

    /// <inheritdoc/>
    protected internal override void ExchangeState(StateExchange state)
    {
        ArgumentNullException.ThrowIfNull(state);

        // The number of labels may have come from a batch.
        int labels = (int)state.Integer("labels", MultiLabel && _truePositives is not null ? _truePositives.Shape[1]!.Value : 0);
        if (_truePositives is null && labels > 0)
        {
            Build(labels);
        }

        if (MultiLabel && labels == 0)
        {
            // Nothing had been taken in, so that there are no counts to exchange.
            ResetState();
            return;
        }

        base.ExchangeState(state);
    }

    private static Tensor Ratio(Tensor numerator, Tensor denominator) => numerator.div(denominator).Replaced(denominator.Is(0), 0);

    private void Build(int? labels)
    {
        Shape shape = labels is int n ? new Shape(NumThresholds, n) : new Shape(NumThresholds);
        SystemMemory.Require(
            Invariant($"The metric '{Name}': its counts at {NumThresholds} thresholds"),
            shape,
            DType.ComputeType,
            copies: 4
        );
        _truePositives = AddVariable("true_positives", shape);
        _falsePositives = AddVariable("false_positives", shape);
        _trueNegatives = AddVariable("true_negatives", shape);
        _falseNegatives = AddVariable("false_negatives", shape);
    }

    private void CheckLabels(Shape output)
    {
        if (
            output.Rank != 2
            || (_truePositives is not null && _truePositives.Shape[1] != output[1])
            || (LabelWeights is not null && LabelWeights.Count != output[1])
        )
        {
            string labels =
                _truePositives is not null ? Invariant($"{_truePositives.Shape[1]}")
                : LabelWeights is not null ? $"{LabelWeights.Count}"
                : "labels";
            throw new ArgumentException(
                $"The metric {Name} with multi_label needs predictions (batch, {labels}), but their shape is {output}."
            );
        }

        if (_truePositives is null)
        {
            Build(output[1]);
        }
    }

    private Tensor Rectangles()
    {
        (Tensor x, Tensor y) = Curve == Gain ? Gains() : Rates();
        Tensor heights = SummationMethod switch
        {
            "interpolation" => Left(y).Plus(Right(y)).Over(2),
            "minoring" => minimum(Left(y), Right(y)),
            _ => maximum(Left(y), Right(y)),
        };
        return Left(x).sub(Right(x)).mul(heights);
    }

    // The curve's points, along and upwards.
    private (Tensor X, Tensor Y) Rates()
    {
        Tensor truePositives = _truePositives!.Value;
        Tensor recall = Ratio(truePositives, truePositives.Plus(_falseNegatives!.Value));
        Tensor x = Curve == "PR" ? recall : Ratio(_falsePositives!.Value, _falsePositives.Value.Plus(_trueNegatives!.Value));
        Tensor y = Curve == "PR" ? Ratio(truePositives, truePositives.Plus(_falsePositives!.Value)) : recall;
        return (x, y);
    }

    // Recall and precision gain; as in Keras a recall gain is not negative, and without true positives they are 0 and 1.
    private (Tensor X, Tensor Y) Gains()
    {
        Tensor truePositives = _truePositives!.Value;
        Tensor odds = Ratio(truePositives.Plus(_falseNegatives!.Value), _trueNegatives!.Value.Plus(_falsePositives!.Value));
        Tensor hasNone = truePositives.Is(0);
        Tensor recall = odds.mul(Ratio(_falseNegatives.Value, truePositives)).Complement().Replaced(hasNone, 0).AtLeast(0);
        Tensor precision = odds.mul(Ratio(_falsePositives.Value, truePositives)).Complement().Replaced(hasNone, 1);
        return (recall, precision);
    }

    // True and predicted positives, not precision, are taken as linear between two thresholds:
    // slope * (dTP + intercept * log(P_left / P_right)) / all positives.
    private Tensor InterpolatedPrecision()
    {
        Tensor truePositives = _truePositives!.Value;
        Tensor predicted = truePositives.Plus(_falsePositives!.Value);
        Tensor left = Left(predicted);
        Tensor right = Right(predicted);
        Tensor gained = Left(truePositives).sub(Right(truePositives));
        Tensor slope = Ratio(gained, left.sub(right).AtLeast(0));
        Tensor intercept = Right(truePositives).sub(slope.mul(right));
        Tensor ratio = where(left.IsAbove(0).logical_and(right.IsAbove(0)), Ratio(left, right.AtLeast(0)), ones_like(right));
        Tensor positives = Right(truePositives).Plus(Right(_falseNegatives!.Value)).AtLeast(0);
        return Ratio(slope.mul(gained.Plus(intercept.mul(ratio.log()))), positives);
    }

    private Tensor Left(Tensor t) => t.narrow(0, 0, NumThresholds - 1);

    private Tensor Right(Tensor t) => t.narrow(0, 1, NumThresholds - 1);
}
