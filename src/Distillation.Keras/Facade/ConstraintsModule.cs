using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.constraints</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class ConstraintsModule
{
    internal ConstraintsModule()
    {
    }

    /// <inheritdoc cref="Constraints.MaxNorm.MaxNorm(double, Axes)"/>
    public Constraints.MaxNorm MaxNorm(double max_value = 2.0, Axes? axis = null) =>
        new(max_value, axis);

    /// <inheritdoc cref="Constraints.MaxNorm.MaxNorm(double, Axes)"/>
    public Constraints.MaxNorm max_norm(double max_value = 2.0, Axes? axis = null) =>
        new(max_value, axis);

    /// <inheritdoc cref="Constraints.MinMaxNorm.MinMaxNorm(double, double, double, Axes)"/>
    public Constraints.MinMaxNorm MinMaxNorm(double min_value = 0.0, double max_value = 1.0, double rate = 1.0, Axes? axis = null) =>
        new(min_value, max_value, rate, axis);

    /// <inheritdoc cref="Constraints.MinMaxNorm.MinMaxNorm(double, double, double, Axes)"/>
    public Constraints.MinMaxNorm min_max_norm(double min_value = 0.0, double max_value = 1.0, double rate = 1.0, Axes? axis = null) =>
        new(min_value, max_value, rate, axis);

    /// <inheritdoc cref="Constraints.NonNeg.NonNeg()"/>
    public Constraints.NonNeg NonNeg() =>
        new();

    /// <inheritdoc cref="Constraints.NonNeg.NonNeg()"/>
    public Constraints.NonNeg non_neg() =>
        new();

    /// <inheritdoc cref="Constraints.UnitNorm.UnitNorm(Axes)"/>
    public Constraints.UnitNorm UnitNorm(Axes? axis = null) =>
        new(axis);

    /// <inheritdoc cref="Constraints.UnitNorm.UnitNorm(Axes)"/>
    public Constraints.UnitNorm unit_norm(Axes? axis = null) =>
        new(axis);
}
