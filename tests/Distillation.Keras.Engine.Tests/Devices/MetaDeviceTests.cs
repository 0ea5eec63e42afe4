using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Devices;

/// <summary>
/// What computes within a step gives its results where its arguments and weights are, and makes nothing elsewhere that is not moved: with
/// everything on libtorch's "meta" device, an operation that meets a tensor of the host fails. libtorch does not have all operations there;
/// what stops at one is listed with it, and <see cref="DefaultDeviceTests"/> goes through the rest.
/// </summary>
public sealed class MetaDeviceTests
{
    // What stops, by the operation that libtorch does not have for tensors without values.
    private static readonly Dictionary<string, string[]> Stopped = new(StringComparer.Ordinal)
    {
        ["relu"] = ["Layers.ReLU", "Layers.Activation", "Constraints.NonNeg", "Activations.Relu", "Activations.SparsePlus", "Layers.PReLU"],
        ["convolution"] =
        [
            "Layers.Conv1D",
            "Layers.Conv2D",
            "Layers.Conv3D",
            "Conv1D causal",
            "Conv2D same",
            "Layers.RandomGaussianBlur",
            "Layers.RandomSharpness",
            "Layers.Conv1DTranspose",
            "Layers.Conv2DTranspose",
            "Layers.Conv3DTranspose",
            "Layers.DepthwiseConv1D",
            "Layers.DepthwiseConv2D",
            "Layers.SeparableConv1D",
            "Layers.SeparableConv2D",
            "Layers.RandomElasticTransform",
        ],
        ["logical_not.out"] = ["Layers.Masking", "Activations.Sparsemax", "Losses.Circle", "LossFunctions.Circle"],
        ["native_batch_norm"] = ["Layers.BatchNormalization", "Layers.LayerNormalization", "Layers.GroupNormalization"],
        ["max_pool3d_with_indices"] = ["Layers.MaxPooling3D"],
        ["isnan"] = ["Layers.AutoContrast"],
        ["nan_to_num.out"] =
        [
            "Layers.AugMix",
            "Layers.RandomPerspective",
            "Layers.RandomRotation",
            "Layers.RandomShear",
            "Layers.RandomTranslation",
            "Layers.RandomZoom",
        ],
        ["index_select"] = ["Layers.Embedding", "Layers.ContrastLimitedAdaptiveHistogramEqualization", "Layers.MixUp"],
        ["logical_and.out"] =
        [
            "Layers.CutMix",
            "Layers.RandomBrightness",
            "Layers.RandomColorDegeneration",
            "Layers.RandomContrast",
            "Layers.RandomPosterization",
            "Losses.BinaryCrossentropy",
            "Losses.BinaryFocalCrossentropy",
            "Losses.CategoricalCrossentropy",
            "Losses.CategoricalFocalCrossentropy",
            "Losses.KLDivergence",
            "Losses.SparseCategoricalCrossentropy",
            "Metrics.SparseTopKCategoricalAccuracy",
            "Optimizers.Lamb",
            "MetricFunctions.SparseTopKCategoricalAccuracy",
            "BinaryFocalCrossentropy balanced",
            "CategoricalFocalCrossentropy by class",
            "CategoricalCrossentropy smoothed",
            "SparseCategoricalCrossentropy ignoring",
            "Lamb scaled",
            "Layers.CategoryEncoding",
            "Layers.RandomErasing",
        ],
        ["where.self"] =
        [
            "Layers.SpectralNormalization",
            "Layers.UnitNormalization",
            "Layers.Equalization",
            "Layers.RandAugment",
            "Layers.RandomGrayscale",
            "Layers.RandomHue",
            "Layers.RandomInvert",
            "Layers.RandomSaturation",
            "Layers.Solarization",
            "Losses.CategoricalHinge",
            "Losses.CosineSimilarity",
            "Losses.Hinge",
            "Losses.MeanSquaredLogarithmicError",
            "Losses.SquaredHinge",
            "Metrics.Hinge",
            "Metrics.SquaredHinge",
            "LossFunctions.Hinge",
            "LossFunctions.SquaredHinge",
        ],
        ["abs.out"] =
        [
            "Losses.Huber",
            "Losses.LossFunctionWrapper",
            "Losses.MeanAbsoluteError",
            "Losses.MeanAbsolutePercentageError",
            "Metrics.Accuracy",
            "Metrics.AUC",
            "Metrics.BinaryAccuracy",
            "Metrics.CategoricalAccuracy",
            "Metrics.MeanAbsoluteError",
            "Metrics.MeanAbsolutePercentageError",
            "Metrics.MeanMetricWrapper",
            "Metrics.Precision",
            "Metrics.Recall",
            "Metrics.SparseCategoricalAccuracy",
            "Metrics.TopKCategoricalAccuracy",
            "Optimizers.Adamax",
            "Optimizers.LossScaleOptimizer",
            "Regularizers.L1",
            "Regularizers.L1L2",
            "Regularizers.OrthogonalRegularizer",
            "Activations.Softsign",
            "LossFunctions.MeanAbsoluteError",
            "LossFunctions.MeanAbsolutePercentageError",
            "LossFunctions.Huber",
            "MetricFunctions.Accuracy",
            "MetricFunctions.BinaryAccuracy",
            "MetricFunctions.CategoricalAccuracy",
            "MetricFunctions.SparseCategoricalAccuracy",
            "MetricFunctions.TopKCategoricalAccuracy",
            "Dense half",
            "AUC thresholds",
            "AUC labels",
            "AUC precision",
            "Precision top",
            "Recall thresholds",
            "Metrics.BinaryIoU",
            "Metrics.F1Score",
            "Metrics.FalseNegatives",
            "Metrics.FalsePositives",
            "Metrics.FBetaScore",
            "Metrics.IoU",
            "Metrics.MeanIoU",
            "Metrics.OneHotIoU",
            "Metrics.OneHotMeanIoU",
            "Metrics.PrecisionAtRecall",
            "Metrics.R2Score",
            "Metrics.RecallAtPrecision",
            "Metrics.SensitivityAtSpecificity",
            "Metrics.SpecificityAtSensitivity",
            "Metrics.TrueNegatives",
            "Metrics.TruePositives",
        ],
        ["log_sigmoid_forward"] =
        [
            "Losses.LogCosh",
            "Metrics.LogCoshError",
            "Activations.Softplus",
            "Activations.Mish",
            "Activations.LogSigmoid",
            "LossFunctions.LogCosh",
        ],
        ["mse_loss_backward"] = ["Losses.MeanSquaredError"],
        ["hardtanh"] = ["Activations.Relu6", "Activations.SparseSigmoid"],
        ["hardswish"] = ["Activations.HardSilu", "Activations.HardSwish"],
        ["where.self_out"] = ["Layers.Attention", "Layers.GroupQueryAttention", "Layers.MultiHeadAttention"],
        ["_adaptive_avg_pool2d"] = ["Layers.AdaptiveAveragePooling1D", "Layers.AdaptiveAveragePooling2D"],
        ["_adaptive_avg_pool3d"] = ["Layers.AdaptiveAveragePooling3D"],
        ["bucketize.Tensor"] = ["Layers.Discretization"],
        ["flip"] = ["Layers.RandomFlip", "Layers.Bidirectional"],
        ["searchsorted.Tensor"] = ["Layers.IntegerLookup", "Layers.StringLookup"],
    };

    // First values are made on the host, and moved.
    private static IEnumerable<string> Names =>
        Sweep.Names.Where(n => !n.StartsWith("Distillation.Keras.Initializers.", StringComparison.Ordinal));

    [TestCaseSource(nameof(Names))]
    public void What_computes_within_a_step(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> results = [];
        string? missing = null;
        try
        {
            results = Sweep.Run(name, Device.Meta);
        }
        catch (Exception e) when (MetaDevice.StoppedAt(e) is not null)
        {
            missing = MetaDevice.StoppedAt(e);
        }

        Assert.That(
            missing,
            Is.EqualTo(
                Stopped
                    .FirstOrDefault(s => s.Value.Contains(name.Replace("Distillation.Keras.", string.Empty, StringComparison.Ordinal)))
                    .Key
            )
        );
        Assert.That(results.Select(Device.Of), Is.All.EqualTo(Device.Meta));
    }

    [Test]
    public void A_tensor_of_the_host_is_noticed()
    {
        using DisposeScope scope = NewDisposeScope();
        var layer = new Lambda(x => x.add(ones(2, 3)));
        Assert.That(
            () => layer.Call(zeros(2, 3, device: META)),
            Throws
                .InvalidOperationException.With.Message.Contains("Expected all tensors to be on the same device")
                .And.Message.Contains("on meta")
        );
    }

    [Test]
    public void A_fit_makes_its_steps_until_their_numbers_are_read()
    {
        var model = new Sequential(
            new Input(3),
            new Dense(4, "tanh", kernel_regularizer: "l2", kernel_constraint: "unit_norm"),
            new Dropout(0.5),
            new Dropout(0.3, seed: 2, noise_shape: new Shape([null, 1])),
            new Dense(1)
        );
        model.Compile(
            new Adam(weight_decay: 0.1, use_ema: true, global_clipnorm: 1),
            new LossFunctionWrapper((y, p) => p.sub(y).mul(p.sub(y)).mean([-1])),
            weighted_metrics: ["mse"]
        );

        Assert.That(
            () =>
                model.Fit(new float[10, 3], new float[10, 1], batch_size: 4, sample_weight: new float[10], verbose: 0, device: Device.Meta),
            Throws.InvalidOperationException.With.Message.Contains("Cannot copy out of meta tensor")
        );
        Assert.That(model.Optimizer.Iterations, Is.EqualTo(3), "All steps of the epoch were made.");
        Assert.That(
            model.Weights.Concat(model.Optimizer.Variables.Where(v => v.Shape.Rank > 0)).Select(v => Device.Of(v.Value)),
            Is.All.EqualTo(Device.Meta)
        );
    }
}
