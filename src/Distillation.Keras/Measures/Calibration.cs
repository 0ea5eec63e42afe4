using Distillation.Keras.Backend;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Measures;

/// <summary>
/// How far a classifier's probabilities can be taken at their word: proper scores, and the gap between how sure it is and how often it is
/// right.
/// </summary>
/// <remarks>
/// <para>
/// The confidence of a sample is its greatest probability. Guo, Pleiss, Sun and Weinberger, On Calibration of Modern Neural Networks, arXiv
/// 1706.04599, equations 3 and 5; adaptive bins: Mukhoti et al., Calibrating Deep Neural Networks using Focal Loss, arXiv 2002.09437.
/// </para>
/// <para>Computed in float64. Immutable.</para>
/// </remarks>
public sealed class Calibration
{
    private Calibration(Tensor scores, Tensor logP, Tensor labels, int bins)
    {
        Tensor p = logP.exp();
        Tensor column = labels.unsqueeze(1);
        Tensor right = scores.argmax(1).eq(labels).to(ScalarType.Float64);
        Samples = (int)labels.shape[0];
        Accuracy = right.mean().item<double>();
        NegativeLogLikelihood = logP.gather(1, column).mean().neg().item<double>();
        BrierScore = (p - zeros_like(p).scatter_(1, column, ones_like(p))).Squared().sum(1L).mean().item<double>();

        // Rounded rows of probabilities may be a bit above 1.
        var samples = new SortedConfidences(p.amax([1]).AtMost(1), right);
        Bins = samples.EqualWidth(bins);
        ExpectedCalibrationError = Expected(Bins);
        MaximumCalibrationError = Bins.Max(b => b.Gap);
        AdaptiveCalibrationError = Expected(samples.EqualMass(bins));
        QuantileCalibrationError = Expected(samples.BetweenQuantiles(bins));
    }

    /// <summary>How many samples there were.</summary>
    public int Samples { get; }

    /// <summary>The share of samples whose most probable class is the label's: 0 to 1.</summary>
    public double Accuracy { get; }

    /// <summary>The mean of -log p of the label's class, in nats. Infinite where a probability of 0 was given to a label.</summary>
    public double NegativeLogLikelihood { get; }

    /// <summary>The mean of Σ (p - one-hot)² over the classes: 0 to 2.</summary>
    public double BrierScore { get; }

    /// <summary>ECE: the mean gap between accuracy and confidence over bins of equal width, each weighted by its samples: 0 to 1.</summary>
    public double ExpectedCalibrationError { get; }

    /// <summary>MCE: the greatest gap of a bin of equal width that has samples: 0 to 1. A bin with one sample may make it.</summary>
    public double MaximumCalibrationError { get; }

    /// <summary>
    /// ECE over bins with equally many samples: sorted by confidence, bin i holds the ranks from ⌊i n / bins⌋ to ⌊(i + 1) n / bins⌋ - 1.
    /// </summary>
    public double AdaptiveCalibrationError { get; }

    /// <summary>
    /// What much code gives as adaptive ECE: bins between interpolated quantiles of the confidences, without their lower edge. It leaves
    /// out the least confident sample, and all samples where all are equally confident. For comparison with such code; prefer
    /// <see cref="AdaptiveCalibrationError"/>.
    /// </summary>
    public double QuantileCalibrationError { get; }

    /// <summary>The bins of equal width, the first one from 0: a reliability diagram.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>Measures logits, as <c>model.PopSoftmax().Predict(x)</c> gives them.</summary>
    /// <param name="logits">z, (samples, classes).</param>
    /// <param name="labels">Integers (samples,) or one-hot (samples, classes).</param>
    /// <param name="bins">How many bins there are, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// Shapes do not fit, an array is empty, a number is NaN or infinite, or a label is no class.
    /// </exception>
    public static Calibration FromLogits(ArrayLike logits, ArrayLike labels, int bins = 15)
    {
        Arguments.AtLeast(1, bins);
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = MeasureInputs.Rows(logits, nameof(logits));
        return new Calibration(rows, nn.functional.log_softmax(rows, 1), MeasureInputs.Labels(labels, rows), bins);
    }

    /// <summary>
    /// Measures probabilities, as a classifier with a softmax predicts them. Logits are more exact: float32 probabilities have lost what is
    /// below 1e-45.
    /// </summary>
    /// <param name="probabilities">p, (samples, classes).</param>
    /// <param name="labels">Integers (samples,) or one-hot (samples, classes).</param>
    /// <param name="bins">How many bins there are, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// Shapes do not fit, an array is empty, a number is NaN, a row is negative or does not sum to 1, or a label is no class.
    /// </exception>
    public static Calibration FromProbabilities(ArrayLike probabilities, ArrayLike labels, int bins = 15)
    {
        Arguments.AtLeast(1, bins);
        using DisposeScope scope = NewDisposeScope();
        Tensor logP = MeasureInputs.LogProbabilities(probabilities, nameof(probabilities));
        return new Calibration(logP, logP, MeasureInputs.Labels(labels, logP), bins);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Invariant(
            $"accuracy {Accuracy:P2}, NLL {NegativeLogLikelihood:F4}, Brier {BrierScore:F4}, ECE {ExpectedCalibrationError:F4}, adaptive "
                + $"ECE {AdaptiveCalibrationError:F4}, MCE {MaximumCalibrationError:F4}"
        );

    private double Expected(IEnumerable<ReliabilityBin> bins) => bins.Sum(b => b.Count * b.Gap) / Samples;
}
