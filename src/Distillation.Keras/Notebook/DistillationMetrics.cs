using Distillation.Keras.Backend;
using Distillation.Keras.Metrics;
using Distillation.Keras.Schedules;
using Distillation.Keras.Training;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Notebook;

/// <summary>
/// The notebook's metrics on targets <c>[one-hot | teacher logits]</c> and predictions <c>[p | p_T]</c>: as metrics for <c>Compile</c>, and
/// on arrays.
/// </summary>
/// <remarks>
/// Each looks at its own half, so that the accuracy is that of the labels and not of both halves together. Thread-safe.
/// </remarks>
public static class DistillationMetrics
{
    /// <summary>The share of rows whose most probable class is the label's; <c>accuracy</c> in logs.</summary>
    public static Metric Accuracy() => Of("accuracy", AccuracyOf);

    /// <summary>The share of rows whose label is among the 5 most probable classes; <c>top_5_accuracy</c> in logs.</summary>
    public static Metric Top5Accuracy() => TopKAccuracy(5);

    /// <summary>
    /// The share of rows whose label is among the k most probable classes; <c>top_k_accuracy</c> with the number in logs.
    /// </summary>
    /// <param name="k">At least 1.</param>
    public static Metric TopKAccuracy(int k)
    {
        FitOptions.AtLeast(1, k, nameof(k));
        return Of(Invariant($"top_{k}_accuracy"), h => TopKOf(h, k));
    }

    /// <summary>CE(y, p) of the left halves; <c>categorical_crossentropy</c> in logs.</summary>
    public static Metric CategoricalCrossentropy() => Of("categorical_crossentropy", CrossentropyOf);

    /// <summary>CE(softmax(v / T), p_T) of the right halves, without T²; <c>soft_logloss</c> in logs.</summary>
    /// <param name="temperature">T, positive.</param>
    public static Metric SoftLogLoss(double temperature)
    {
        Temperatures.Check(temperature, nameof(temperature));
        return new SoftLogLossMetric(temperature);
    }

    /// <summary>The four metrics of the notebook.</summary>
    /// <param name="temperature">T, positive.</param>
    public static MetricList Notebook(double temperature) =>
        [Accuracy(), Top5Accuracy(), CategoricalCrossentropy(), SoftLogLoss(temperature)];

    /// <summary>The accuracy on arrays: a number from 0 to 1.</summary>
    /// <param name="targets">(samples, 2 · classes): one-hot labels and teacher logits.</param>
    /// <param name="predictions">(samples, 2 · classes): p and p_T.</param>
    public static double Accuracy(NDArray targets, NDArray predictions) => OnArrays(targets, predictions, AccuracyOf);

    /// <summary>The top-5 accuracy on arrays: a number from 0 to 1.</summary>
    /// <param name="targets">(samples, 2 · classes): one-hot labels and teacher logits.</param>
    /// <param name="predictions">(samples, 2 · classes): p and p_T.</param>
    public static double Top5Accuracy(NDArray targets, NDArray predictions) => TopKAccuracy(targets, predictions, 5);

    /// <summary>The top-k accuracy on arrays: a number from 0 to 1.</summary>
    /// <param name="targets">(samples, 2 · classes): one-hot labels and teacher logits.</param>
    /// <param name="predictions">(samples, 2 · classes): p and p_T.</param>
    /// <param name="k">At least 1.</param>
    public static double TopKAccuracy(NDArray targets, NDArray predictions, int k)
    {
        FitOptions.AtLeast(1, k, nameof(k));
        return OnArrays(targets, predictions, h => TopKOf(h, k));
    }

    /// <summary>The mean of CE(y, p) on arrays, in nats.</summary>
    /// <param name="targets">(samples, 2 · classes): one-hot labels and teacher logits.</param>
    /// <param name="predictions">(samples, 2 · classes): p and p_T.</param>
    public static double CategoricalCrossentropy(NDArray targets, NDArray predictions) => OnArrays(targets, predictions, CrossentropyOf);

    /// <summary>The mean of CE(softmax(v / T), p_T) on arrays, in nats, without T².</summary>
    /// <param name="targets">(samples, 2 · classes): one-hot labels and teacher logits.</param>
    /// <param name="predictions">(samples, 2 · classes): p and p_T.</param>
    /// <param name="temperature">T, positive.</param>
    public static double SoftLogLoss(NDArray targets, NDArray predictions, double temperature)
    {
        Temperatures.Check(temperature, nameof(temperature));
        return OnArrays(targets, predictions, h => h.SoftLogLoss(temperature));
    }

    private static Tensor AccuracyOf(SplitBatch halves) => MetricFunctions.CategoricalAccuracy(halves.Labels, halves.Probabilities);

    private static Tensor TopKOf(SplitBatch halves, int k) =>
        MetricFunctions.TopKCategoricalAccuracy(halves.Labels, halves.Probabilities, k);

    private static Tensor CrossentropyOf(SplitBatch halves) => LossFunctions.CategoricalCrossentropy(halves.Labels, halves.Probabilities);

    private static HalvesMetric Of(string name, Func<SplitBatch, Tensor> values) => new(name, values);

    private static double OnArrays(NDArray targets, NDArray predictions, Func<SplitBatch, Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor t = ValueChecks.ToFloat32(TensorConversion.ToTensor(targets), nameof(targets));
        Tensor p = ValueChecks.ToFloat32(TensorConversion.ToTensor(predictions), nameof(predictions));
        if (t.dim() != 2 || p.dim() != 2 || t.shape[0] != p.shape[0])
        {
            throw new ArgumentException(
                $"Targets and predictions have one row a sample, but their shapes are {Shape.FromSizes(t.shape)} and "
                    + $"{Shape.FromSizes(p.shape)}.",
                nameof(predictions)
            );
        }

        return values(SplitBatch.Of(t, p, null)).to(ScalarType.Float64).mean().item<double>();
    }
}
