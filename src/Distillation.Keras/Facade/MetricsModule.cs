using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.metrics</c>: methods of the names that Keras has, which only make the objects and call the functions of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class MetricsModule
{
    internal MetricsModule()
    {
    }

    /// <inheritdoc cref="Metrics.AUC.AUC(int, string, string, string, DTypePolicy, double[], bool, int?, double[], bool)"/>
    public Metrics.AUC AUC(
        int num_thresholds = 200,
        string curve = "ROC",
        string summation_method = "interpolation",
        string? name = null,
        DTypePolicy? dtype = null,
        double[]? thresholds = null,
        bool multi_label = false,
        int? num_labels = null,
        double[]? label_weights = null,
        bool from_logits = false) =>
        new(num_thresholds, curve, summation_method, name, dtype, thresholds, multi_label, num_labels, label_weights, from_logits);

    /// <inheritdoc cref="Metrics.Accuracy.Accuracy(string, DTypePolicy)"/>
    public Metrics.Accuracy Accuracy(string? name = "accuracy", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.BinaryAccuracy.BinaryAccuracy(string, DTypePolicy, double)"/>
    public Metrics.BinaryAccuracy BinaryAccuracy(string? name = "binary_accuracy", DTypePolicy? dtype = null, double threshold = 0.5) =>
        new(name, dtype, threshold);

    /// <inheritdoc cref="Metrics.BinaryCrossentropy.BinaryCrossentropy(string, DTypePolicy, bool, double)"/>
    public Metrics.BinaryCrossentropy BinaryCrossentropy(
        string? name = "binary_crossentropy",
        DTypePolicy? dtype = null,
        bool from_logits = false,
        double label_smoothing = 0.0) =>
        new(name, dtype, from_logits, label_smoothing);

    /// <inheritdoc cref="Metrics.CategoricalAccuracy.CategoricalAccuracy(string, DTypePolicy)"/>
    public Metrics.CategoricalAccuracy CategoricalAccuracy(string? name = "categorical_accuracy", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.CategoricalCrossentropy.CategoricalCrossentropy(string, DTypePolicy, bool, double, int)"/>
    public Metrics.CategoricalCrossentropy CategoricalCrossentropy(
        string? name = "categorical_crossentropy",
        DTypePolicy? dtype = null,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1) =>
        new(name, dtype, from_logits, label_smoothing, axis);

    /// <inheritdoc cref="Metrics.CategoricalHinge.CategoricalHinge(string, DTypePolicy)"/>
    public Metrics.CategoricalHinge CategoricalHinge(string? name = "categorical_hinge", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.CosineSimilarity.CosineSimilarity(string, DTypePolicy, int)"/>
    public Metrics.CosineSimilarity CosineSimilarity(string? name = "cosine_similarity", DTypePolicy? dtype = null, int axis = -1) =>
        new(name, dtype, axis);

    /// <inheritdoc cref="Metrics.Hinge.Hinge(string, DTypePolicy)"/>
    public Metrics.Hinge Hinge(string? name = "hinge", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.KLDivergence.KLDivergence(string, DTypePolicy)"/>
    public Metrics.KLDivergence KLDivergence(string? name = "kl_divergence", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.LogCoshError.LogCoshError(string, DTypePolicy)"/>
    public Metrics.LogCoshError LogCoshError(string? name = "logcosh", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.Mean.Mean(string, DTypePolicy)"/>
    public Metrics.Mean Mean(string? name = "mean", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.MeanAbsoluteError.MeanAbsoluteError(string, DTypePolicy)"/>
    public Metrics.MeanAbsoluteError MeanAbsoluteError(string? name = "mean_absolute_error", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.MeanAbsolutePercentageError.MeanAbsolutePercentageError(string, DTypePolicy)"/>
    public Metrics.MeanAbsolutePercentageError MeanAbsolutePercentageError(string? name = "mean_absolute_percentage_error", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.MeanMetricWrapper.MeanMetricWrapper(Func{torch.Tensor, torch.Tensor, torch.Tensor}, string, DTypePolicy)"/>
    public Metrics.MeanMetricWrapper MeanMetricWrapper(
        Func<torch.Tensor, torch.Tensor, torch.Tensor> fn,
        string? name = null,
        DTypePolicy? dtype = null) =>
        new(fn, name, dtype);

    /// <inheritdoc cref="Metrics.MeanSquaredError.MeanSquaredError(string, DTypePolicy)"/>
    public Metrics.MeanSquaredError MeanSquaredError(string? name = "mean_squared_error", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.MeanSquaredLogarithmicError.MeanSquaredLogarithmicError(string, DTypePolicy)"/>
    public Metrics.MeanSquaredLogarithmicError MeanSquaredLogarithmicError(string? name = "mean_squared_logarithmic_error", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.Poisson.Poisson(string, DTypePolicy)"/>
    public Metrics.Poisson Poisson(string? name = "poisson", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.Precision.Precision(double[], int?, int?, string, DTypePolicy)"/>
    public Metrics.Precision Precision(
        double[]? thresholds = null,
        int? top_k = null,
        int? class_id = null,
        string? name = null,
        DTypePolicy? dtype = null) =>
        new(thresholds, top_k, class_id, name, dtype);

    /// <inheritdoc cref="Metrics.Recall.Recall(double[], int?, int?, string, DTypePolicy)"/>
    public Metrics.Recall Recall(
        double[]? thresholds = null,
        int? top_k = null,
        int? class_id = null,
        string? name = null,
        DTypePolicy? dtype = null) =>
        new(thresholds, top_k, class_id, name, dtype);

    /// <inheritdoc cref="Metrics.RootMeanSquaredError.RootMeanSquaredError(string, DTypePolicy)"/>
    public Metrics.RootMeanSquaredError RootMeanSquaredError(string? name = "root_mean_squared_error", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.SparseCategoricalAccuracy.SparseCategoricalAccuracy(string, DTypePolicy)"/>
    public Metrics.SparseCategoricalAccuracy SparseCategoricalAccuracy(string? name = "sparse_categorical_accuracy", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.SparseCategoricalCrossentropy.SparseCategoricalCrossentropy(string, DTypePolicy, bool, int?, int)"/>
    public Metrics.SparseCategoricalCrossentropy SparseCategoricalCrossentropy(
        string? name = "sparse_categorical_crossentropy",
        DTypePolicy? dtype = null,
        bool from_logits = false,
        int? ignore_class = null,
        int axis = -1) =>
        new(name, dtype, from_logits, ignore_class, axis);

    /// <inheritdoc cref="Metrics.SparseTopKCategoricalAccuracy.SparseTopKCategoricalAccuracy(int, string, DTypePolicy, bool)"/>
    public Metrics.SparseTopKCategoricalAccuracy SparseTopKCategoricalAccuracy(
        int k = 5,
        string? name = "sparse_top_k_categorical_accuracy",
        DTypePolicy? dtype = null,
        bool from_sorted_ids = false) =>
        new(k, name, dtype, from_sorted_ids);

    /// <inheritdoc cref="Metrics.SquaredHinge.SquaredHinge(string, DTypePolicy)"/>
    public Metrics.SquaredHinge SquaredHinge(string? name = "squared_hinge", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.Sum.Sum(string, DTypePolicy)"/>
    public Metrics.Sum Sum(string? name = "sum", DTypePolicy? dtype = null) =>
        new(name, dtype);

    /// <inheritdoc cref="Metrics.TopKCategoricalAccuracy.TopKCategoricalAccuracy(int, string, DTypePolicy)"/>
    public Metrics.TopKCategoricalAccuracy TopKCategoricalAccuracy(int k = 5, string? name = "top_k_categorical_accuracy", DTypePolicy? dtype = null) =>
        new(k, name, dtype);

    /// <inheritdoc cref="MetricFunctions.Accuracy(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor accuracy(torch.Tensor y_true, torch.Tensor y_pred) =>
        MetricFunctions.Accuracy(y_true, y_pred);

    /// <inheritdoc cref="MetricFunctions.BinaryAccuracy(torch.Tensor, torch.Tensor, double)"/>
    public torch.Tensor binary_accuracy(torch.Tensor y_true, torch.Tensor y_pred, double threshold = 0.5) =>
        MetricFunctions.BinaryAccuracy(y_true, y_pred, threshold);

    /// <inheritdoc cref="MetricFunctions.CategoricalAccuracy(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor categorical_accuracy(torch.Tensor y_true, torch.Tensor y_pred) =>
        MetricFunctions.CategoricalAccuracy(y_true, y_pred);

    /// <inheritdoc cref="MetricFunctions.SparseCategoricalAccuracy(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor sparse_categorical_accuracy(torch.Tensor y_true, torch.Tensor y_pred) =>
        MetricFunctions.SparseCategoricalAccuracy(y_true, y_pred);

    /// <inheritdoc cref="MetricFunctions.SparseTopKCategoricalAccuracy(torch.Tensor, torch.Tensor, int, bool)"/>
    public torch.Tensor sparse_top_k_categorical_accuracy(torch.Tensor y_true, torch.Tensor y_pred, int k = 5, bool from_sorted_ids = false) =>
        MetricFunctions.SparseTopKCategoricalAccuracy(y_true, y_pred, k, from_sorted_ids);

    /// <inheritdoc cref="MetricFunctions.TopKCategoricalAccuracy(torch.Tensor, torch.Tensor, int)"/>
    public torch.Tensor top_k_categorical_accuracy(torch.Tensor y_true, torch.Tensor y_pred, int k = 5) =>
        MetricFunctions.TopKCategoricalAccuracy(y_true, y_pred, k);
}
