using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.optimizers</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class OptimizersModule
{
    internal OptimizersModule()
    {
    }

    /// <summary><c>keras.optimizers.schedules</c>.</summary>
    public SchedulesModule schedules { get; } = new();

    /// <inheritdoc cref="Optimizers.Adadelta.Adadelta(LearningRate, double, double, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.Adadelta Adadelta(
        LearningRate? learning_rate = null,
        double rho = 0.95,
        double epsilon = 1E-07,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, rho, epsilon, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.Adagrad.Adagrad(LearningRate, double, double, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.Adagrad Adagrad(
        LearningRate? learning_rate = null,
        double initial_accumulator_value = 0.1,
        double epsilon = 1E-07,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, initial_accumulator_value, epsilon, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.Adam.Adam(LearningRate, double, double, double, bool, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.Adam Adam(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1E-07,
        bool amsgrad = false,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.AdamW.AdamW(LearningRate, double, double, double, double, bool, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.AdamW AdamW(
        LearningRate? learning_rate = null,
        double weight_decay = 0.004,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1E-07,
        bool amsgrad = false,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, weight_decay, beta_1, beta_2, epsilon, amsgrad, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.Adamax.Adamax(LearningRate, double, double, double, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.Adamax Adamax(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1E-07,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, beta_1, beta_2, epsilon, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.Lamb.Lamb(LearningRate, double, double, double, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.Lamb Lamb(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1E-07,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, beta_1, beta_2, epsilon, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.Lion.Lion(LearningRate, double, double, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.Lion Lion(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.99,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, beta_1, beta_2, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.Nadam.Nadam(LearningRate, double, double, double, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.Nadam Nadam(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
        double epsilon = 1E-07,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, beta_1, beta_2, epsilon, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.RMSprop.RMSprop(LearningRate, double, double, double, bool, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.RMSprop RMSprop(
        LearningRate? learning_rate = null,
        double rho = 0.9,
        double momentum = 0.0,
        double epsilon = 1E-07,
        bool centered = false,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, rho, momentum, epsilon, centered, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);

    /// <inheritdoc cref="Optimizers.SGD.SGD(LearningRate, double, bool, double?, double?, double?, double?, bool, double, int?, double?, int?, string)"/>
    public Optimizers.SGD SGD(
        LearningRate? learning_rate = null,
        double momentum = 0.0,
        bool nesterov = false,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null) =>
        new(learning_rate, momentum, nesterov, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, ema_overwrite_frequency, loss_scale_factor, gradient_accumulation_steps, name);
}
