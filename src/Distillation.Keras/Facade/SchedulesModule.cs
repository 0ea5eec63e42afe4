using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.optimizers.schedules</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class SchedulesModule
{
    internal SchedulesModule()
    {
    }

    /// <inheritdoc cref="Optimizers.Schedules.CosineDecay.CosineDecay(double, double, double, string, double?, double)"/>
    public Optimizers.Schedules.CosineDecay CosineDecay(
        double initial_learning_rate,
        double decay_steps,
        double alpha = 0.0,
        string name = "CosineDecay",
        double? warmup_target = null,
        double warmup_steps = 0.0) =>
        new(initial_learning_rate, decay_steps, alpha, name, warmup_target, warmup_steps);

    /// <inheritdoc cref="Optimizers.Schedules.CosineDecayRestarts.CosineDecayRestarts(double, double, double, double, double, string)"/>
    public Optimizers.Schedules.CosineDecayRestarts CosineDecayRestarts(
        double initial_learning_rate,
        double first_decay_steps,
        double t_mul = 2.0,
        double m_mul = 1.0,
        double alpha = 0.0,
        string name = "SGDRDecay") =>
        new(initial_learning_rate, first_decay_steps, t_mul, m_mul, alpha, name);

    /// <inheritdoc cref="Optimizers.Schedules.ExponentialDecay.ExponentialDecay(double, double, double, bool, string)"/>
    public Optimizers.Schedules.ExponentialDecay ExponentialDecay(
        double initial_learning_rate,
        double decay_steps,
        double decay_rate,
        bool staircase = false,
        string name = "ExponentialDecay") =>
        new(initial_learning_rate, decay_steps, decay_rate, staircase, name);

    /// <inheritdoc cref="Optimizers.Schedules.InverseTimeDecay.InverseTimeDecay(double, double, double, bool, string)"/>
    public Optimizers.Schedules.InverseTimeDecay InverseTimeDecay(
        double initial_learning_rate,
        double decay_steps,
        double decay_rate,
        bool staircase = false,
        string name = "InverseTimeDecay") =>
        new(initial_learning_rate, decay_steps, decay_rate, staircase, name);

    /// <inheritdoc cref="Optimizers.Schedules.PiecewiseConstantDecay.PiecewiseConstantDecay(double[], double[], string)"/>
    public Optimizers.Schedules.PiecewiseConstantDecay PiecewiseConstantDecay(double[] boundaries, double[] values, string name = "PiecewiseConstant") =>
        new(boundaries, values, name);

    /// <inheritdoc cref="Optimizers.Schedules.PolynomialDecay.PolynomialDecay(double, double, double, double, bool, string)"/>
    public Optimizers.Schedules.PolynomialDecay PolynomialDecay(
        double initial_learning_rate,
        double decay_steps,
        double end_learning_rate = 0.0001,
        double power = 1.0,
        bool cycle = false,
        string name = "PolynomialDecay") =>
        new(initial_learning_rate, decay_steps, end_learning_rate, power, cycle, name);
}
