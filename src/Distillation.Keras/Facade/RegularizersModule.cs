using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.regularizers</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class RegularizersModule
{
    internal RegularizersModule()
    {
    }

    /// <inheritdoc cref="Regularizers.L1.L1(double?)"/>
    public Regularizers.L1 L1(double? l1 = 0.01) =>
        new(l1);

    /// <inheritdoc cref="Regularizers.L1.L1(double?)"/>
    public Regularizers.L1 l1(double? l1 = 0.01) =>
        new(l1);

    /// <inheritdoc cref="Regularizers.L1L2.L1L2(double?, double?)"/>
    public Regularizers.L1L2 L1L2(double? l1 = 0.0, double? l2 = 0.0) =>
        new(l1, l2);

    /// <inheritdoc cref="Regularizers.L1L2.L1L2(double?, double?)"/>
    public Regularizers.L1L2 l1_l2(double? l1 = 0.0, double? l2 = 0.0) =>
        new(l1, l2);

    /// <inheritdoc cref="Regularizers.L2.L2(double?)"/>
    public Regularizers.L2 L2(double? l2 = 0.01) =>
        new(l2);

    /// <inheritdoc cref="Regularizers.L2.L2(double?)"/>
    public Regularizers.L2 l2(double? l2 = 0.01) =>
        new(l2);

    /// <inheritdoc cref="Regularizers.OrthogonalRegularizer.OrthogonalRegularizer(double, string)"/>
    public Regularizers.OrthogonalRegularizer OrthogonalRegularizer(double factor = 0.01, string mode = "rows") =>
        new(factor, mode);

    /// <inheritdoc cref="Regularizers.OrthogonalRegularizer.OrthogonalRegularizer(double, string)"/>
    public Regularizers.OrthogonalRegularizer orthogonal_regularizer(double factor = 0.01, string mode = "rows") =>
        new(factor, mode);
}
