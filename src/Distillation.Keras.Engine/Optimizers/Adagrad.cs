using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Adagrad: gradients divided by the root of the sum of all past squared gradients.</summary>
/// <remarks>
/// Slots: <c>accumulator</c>. Not thread-safe.
/// Source: <c>keras/src/optimizers/adagrad.py</c>; Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
/// Optimization".
/// </remarks>
[Identifiers("adagrad")]
public class Adagrad : Optimizer
{
    private const double DefaultRate = 0.001;

    /// <inheritdoc cref="Adagrad" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="initial_accumulator_value">Where the sums start; not negative.</param>
    /// <param name="epsilon">A small number that is added under the root.</param>
    /// <param name="weight_decay">
    /// Each step takes <c>weight * weight_decay * learning_rate</c> away from each weight. <c>null</c>: none.
    /// </param>
    /// <param name="clipnorm">The largest norm that the gradient of one weight may have.</param>
    /// <param name="clipvalue">The largest magnitude that an entry of a gradient may have.</param>
    /// <param name="global_clipnorm">The largest norm that all gradients together may have.</param>
    /// <param name="use_ema">Whether moving averages of the weights are kept.</param>
    /// <param name="ema_momentum">How much of the average stays at each step, from 0 to 1.</param>
    /// <param name="ema_overwrite_frequency">
    /// After how many steps the weights are set to their averages; <c>null</c>: when training ends.
    /// </param>
    /// <param name="loss_scale_factor">What the loss is multiplied by and the gradients are divided by.</param>
    /// <param name="gradient_accumulation_steps">After how many calls the weights change, by the mean of the gradients; at least 2.</param>
    /// <param name="name">Its name. <c>null</c>: an automatic one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">More than one way to clip is given.</exception>
    public Adagrad(
        LearningRate? learning_rate = null,
        double initial_accumulator_value = 0.1,
        double epsilon = 1e-7,
        double? weight_decay = null,
        double? clipnorm = null,
        double? clipvalue = null,
        double? global_clipnorm = null,
        bool use_ema = false,
        double ema_momentum = 0.99,
        int? ema_overwrite_frequency = null,
        double? loss_scale_factor = null,
        int? gradient_accumulation_steps = null,
        string? name = null
    )
        : base(
            learning_rate ?? DefaultRate,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            use_ema,
            ema_momentum,
            ema_overwrite_frequency,
            loss_scale_factor,
            gradient_accumulation_steps,
            name
        )
    {
        Arguments.NotNegative(initial_accumulator_value, nameof(initial_accumulator_value));
        Arguments.NotNegative(epsilon, nameof(epsilon));
        InitialAccumulatorValue = initial_accumulator_value;
        Epsilon = epsilon;
    }

    /// <summary>Where the sums start.</summary>
    public double InitialAccumulatorValue { get; }

    /// <summary>The small number that is added under the root.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    protected override void CreateSlots() => AddSlots(InitialAccumulatorValue, "accumulator");

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        Tensor sum = AddSquare(slots[0], gradient, 1);
        weight.AddQuotient(gradient, sum.Plus(Epsilon).sqrt_(), -learning_rate);
    }
}
