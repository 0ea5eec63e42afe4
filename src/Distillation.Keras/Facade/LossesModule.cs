using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.losses</c>: methods of the names that Keras has, which only make the objects and call the functions of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class LossesModule
{
    internal LossesModule()
    {
    }

    /// <inheritdoc cref="Losses.BinaryCrossentropy.BinaryCrossentropy(bool, double, int, string, string, DTypePolicy)"/>
    public Losses.BinaryCrossentropy BinaryCrossentropy(
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "binary_crossentropy",
        DTypePolicy? dtype = null) =>
        new(from_logits, label_smoothing, axis, reduction, name, dtype);

    /// <inheritdoc cref="Losses.BinaryFocalCrossentropy.BinaryFocalCrossentropy(bool, double, double, bool, double, int, string, string, DTypePolicy)"/>
    public Losses.BinaryFocalCrossentropy BinaryFocalCrossentropy(
        bool apply_class_balancing = false,
        double alpha = 0.25,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "binary_focal_crossentropy",
        DTypePolicy? dtype = null) =>
        new(apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis, reduction, name, dtype);

    /// <inheritdoc cref="Losses.CategoricalCrossentropy.CategoricalCrossentropy(bool, double, int, string, string, DTypePolicy)"/>
    public Losses.CategoricalCrossentropy CategoricalCrossentropy(
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "categorical_crossentropy",
        DTypePolicy? dtype = null) =>
        new(from_logits, label_smoothing, axis, reduction, name, dtype);

    /// <inheritdoc cref="Losses.CategoricalFocalCrossentropy.CategoricalFocalCrossentropy(Losses.FocalAlpha, double, bool, double, int, string, string, DTypePolicy)"/>
    public Losses.CategoricalFocalCrossentropy CategoricalFocalCrossentropy(
        Losses.FocalAlpha? alpha = null,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "categorical_focal_crossentropy",
        DTypePolicy? dtype = null) =>
        new(alpha, gamma, from_logits, label_smoothing, axis, reduction, name, dtype);

    /// <inheritdoc cref="Losses.CategoricalGeneralizedCrossEntropy.CategoricalGeneralizedCrossEntropy(double, string, string, DTypePolicy)"/>
    public Losses.CategoricalGeneralizedCrossEntropy CategoricalGeneralizedCrossEntropy(
        double q = 0.5,
        string reduction = "sum_over_batch_size",
        string name = "categorical_generalized_cross_entropy",
        DTypePolicy? dtype = null) =>
        new(q, reduction, name, dtype);

    /// <inheritdoc cref="Losses.CategoricalHinge.CategoricalHinge(string, string, DTypePolicy)"/>
    public Losses.CategoricalHinge CategoricalHinge(
        string reduction = "sum_over_batch_size",
        string name = "categorical_hinge",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.CosineSimilarity.CosineSimilarity(int, string, string, DTypePolicy)"/>
    public Losses.CosineSimilarity CosineSimilarity(
        int axis = -1,
        string reduction = "sum_over_batch_size",
        string name = "cosine_similarity",
        DTypePolicy? dtype = null) =>
        new(axis, reduction, name, dtype);

    /// <inheritdoc cref="Losses.Dice.Dice(string, string, Axes, DTypePolicy)"/>
    public Losses.Dice Dice(
        string reduction = "sum_over_batch_size",
        string name = "dice",
        Axes? axis = null,
        DTypePolicy? dtype = null) =>
        new(reduction, name, axis, dtype);

    /// <inheritdoc cref="Losses.Hinge.Hinge(string, string, DTypePolicy)"/>
    public Losses.Hinge Hinge(
        string reduction = "sum_over_batch_size",
        string name = "hinge",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.Huber.Huber(double, string, string, DTypePolicy)"/>
    public Losses.Huber Huber(
        double delta = 1.0,
        string reduction = "sum_over_batch_size",
        string name = "huber_loss",
        DTypePolicy? dtype = null) =>
        new(delta, reduction, name, dtype);

    /// <inheritdoc cref="Losses.KLDivergence.KLDivergence(string, string, DTypePolicy)"/>
    public Losses.KLDivergence KLDivergence(
        string reduction = "sum_over_batch_size",
        string name = "kl_divergence",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.LogCosh.LogCosh(string, string, DTypePolicy)"/>
    public Losses.LogCosh LogCosh(
        string reduction = "sum_over_batch_size",
        string name = "log_cosh",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.LossFunctionWrapper.LossFunctionWrapper(Func{torch.Tensor, torch.Tensor, torch.Tensor}, string, string, DTypePolicy)"/>
    public Losses.LossFunctionWrapper LossFunctionWrapper(
        Func<torch.Tensor, torch.Tensor, torch.Tensor> fn,
        string reduction = "sum_over_batch_size",
        string? name = null,
        DTypePolicy? dtype = null) =>
        new(fn, reduction, name, dtype);

    /// <inheritdoc cref="Losses.MeanAbsoluteError.MeanAbsoluteError(string, string, DTypePolicy)"/>
    public Losses.MeanAbsoluteError MeanAbsoluteError(
        string reduction = "sum_over_batch_size",
        string name = "mean_absolute_error",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.MeanAbsolutePercentageError.MeanAbsolutePercentageError(string, string, DTypePolicy)"/>
    public Losses.MeanAbsolutePercentageError MeanAbsolutePercentageError(
        string reduction = "sum_over_batch_size",
        string name = "mean_absolute_percentage_error",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.MeanSquaredError.MeanSquaredError(string, string, DTypePolicy)"/>
    public Losses.MeanSquaredError MeanSquaredError(
        string reduction = "sum_over_batch_size",
        string name = "mean_squared_error",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.MeanSquaredLogarithmicError.MeanSquaredLogarithmicError(string, string, DTypePolicy)"/>
    public Losses.MeanSquaredLogarithmicError MeanSquaredLogarithmicError(
        string reduction = "sum_over_batch_size",
        string name = "mean_squared_logarithmic_error",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.Poisson.Poisson(string, string, DTypePolicy)"/>
    public Losses.Poisson Poisson(
        string reduction = "sum_over_batch_size",
        string name = "poisson",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.SparseCategoricalCrossentropy.SparseCategoricalCrossentropy(bool, int?, string, int, string, DTypePolicy)"/>
    public Losses.SparseCategoricalCrossentropy SparseCategoricalCrossentropy(
        bool from_logits = false,
        int? ignore_class = null,
        string reduction = "sum_over_batch_size",
        int axis = -1,
        string name = "sparse_categorical_crossentropy",
        DTypePolicy? dtype = null) =>
        new(from_logits, ignore_class, reduction, axis, name, dtype);

    /// <inheritdoc cref="Losses.SquaredHinge.SquaredHinge(string, string, DTypePolicy)"/>
    public Losses.SquaredHinge SquaredHinge(
        string reduction = "sum_over_batch_size",
        string name = "squared_hinge",
        DTypePolicy? dtype = null) =>
        new(reduction, name, dtype);

    /// <inheritdoc cref="Losses.Tversky.Tversky(double, double, string, string, Axes, DTypePolicy)"/>
    public Losses.Tversky Tversky(
        double alpha = 0.5,
        double beta = 0.5,
        string reduction = "sum_over_batch_size",
        string name = "tversky",
        Axes? axis = null,
        DTypePolicy? dtype = null) =>
        new(alpha, beta, reduction, name, axis, dtype);

    /// <inheritdoc cref="LossFunctions.BinaryCrossentropy(torch.Tensor, torch.Tensor, bool, double, int)"/>
    public torch.Tensor binary_crossentropy(
        torch.Tensor y_true,
        torch.Tensor y_pred,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1) =>
        LossFunctions.BinaryCrossentropy(y_true, y_pred, from_logits, label_smoothing, axis);

    /// <inheritdoc cref="LossFunctions.BinaryFocalCrossentropy(torch.Tensor, torch.Tensor, bool, double, double, bool, double, int)"/>
    public torch.Tensor binary_focal_crossentropy(
        torch.Tensor y_true,
        torch.Tensor y_pred,
        bool apply_class_balancing = false,
        double alpha = 0.25,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1) =>
        LossFunctions.BinaryFocalCrossentropy(y_true, y_pred, apply_class_balancing, alpha, gamma, from_logits, label_smoothing, axis);

    /// <inheritdoc cref="LossFunctions.CategoricalCrossentropy(torch.Tensor, torch.Tensor, bool, double, int)"/>
    public torch.Tensor categorical_crossentropy(
        torch.Tensor y_true,
        torch.Tensor y_pred,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1) =>
        LossFunctions.CategoricalCrossentropy(y_true, y_pred, from_logits, label_smoothing, axis);

    /// <inheritdoc cref="LossFunctions.CategoricalFocalCrossentropy(torch.Tensor, torch.Tensor, double, double, bool, double, int)"/>
    public torch.Tensor categorical_focal_crossentropy(
        torch.Tensor y_true,
        torch.Tensor y_pred,
        double alpha = 0.25,
        double gamma = 2.0,
        bool from_logits = false,
        double label_smoothing = 0.0,
        int axis = -1) =>
        LossFunctions.CategoricalFocalCrossentropy(y_true, y_pred, alpha, gamma, from_logits, label_smoothing, axis);

    /// <inheritdoc cref="LossFunctions.CategoricalGeneralizedCrossEntropy(torch.Tensor, torch.Tensor, double)"/>
    public torch.Tensor categorical_generalized_cross_entropy(torch.Tensor y_true, torch.Tensor y_pred, double q) =>
        LossFunctions.CategoricalGeneralizedCrossEntropy(y_true, y_pred, q);

    /// <inheritdoc cref="LossFunctions.CategoricalHinge(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor categorical_hinge(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.CategoricalHinge(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.CosineSimilarity(torch.Tensor, torch.Tensor, int)"/>
    public torch.Tensor cosine_similarity(torch.Tensor y_true, torch.Tensor y_pred, int axis = -1) =>
        LossFunctions.CosineSimilarity(y_true, y_pred, axis);

    /// <inheritdoc cref="LossFunctions.Dice(torch.Tensor, torch.Tensor, Axes)"/>
    public torch.Tensor dice(torch.Tensor y_true, torch.Tensor y_pred, Axes? axis = null) =>
        LossFunctions.Dice(y_true, y_pred, axis);

    /// <inheritdoc cref="LossFunctions.Hinge(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor hinge(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.Hinge(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.Huber(torch.Tensor, torch.Tensor, double)"/>
    public torch.Tensor huber(torch.Tensor y_true, torch.Tensor y_pred, double delta = 1.0) =>
        LossFunctions.Huber(y_true, y_pred, delta);

    /// <inheritdoc cref="LossFunctions.KlDivergence(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor kl_divergence(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.KlDivergence(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.LogCosh(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor log_cosh(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.LogCosh(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.MeanAbsoluteError(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor mean_absolute_error(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.MeanAbsoluteError(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.MeanAbsolutePercentageError(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor mean_absolute_percentage_error(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.MeanAbsolutePercentageError(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.MeanSquaredError(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor mean_squared_error(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.MeanSquaredError(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.MeanSquaredLogarithmicError(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor mean_squared_logarithmic_error(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.MeanSquaredLogarithmicError(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.Poisson(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor poisson(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.Poisson(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.SparseCategoricalCrossentropy(torch.Tensor, torch.Tensor, bool, int?, int)"/>
    public torch.Tensor sparse_categorical_crossentropy(
        torch.Tensor y_true,
        torch.Tensor y_pred,
        bool from_logits = false,
        int? ignore_class = null,
        int axis = -1) =>
        LossFunctions.SparseCategoricalCrossentropy(y_true, y_pred, from_logits, ignore_class, axis);

    /// <inheritdoc cref="LossFunctions.SquaredHinge(torch.Tensor, torch.Tensor)"/>
    public torch.Tensor squared_hinge(torch.Tensor y_true, torch.Tensor y_pred) =>
        LossFunctions.SquaredHinge(y_true, y_pred);

    /// <inheritdoc cref="LossFunctions.Tversky(torch.Tensor, torch.Tensor, double, double, Axes)"/>
    public torch.Tensor tversky(
        torch.Tensor y_true,
        torch.Tensor y_pred,
        double alpha = 0.5,
        double beta = 0.5,
        Axes? axis = null) =>
        LossFunctions.Tversky(y_true, y_pred, alpha, beta, axis);
}
