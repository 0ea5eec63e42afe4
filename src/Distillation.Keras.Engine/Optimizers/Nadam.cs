using Distillation.Keras.Backend;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Optimizers;

/// <summary>Nadam: Adam with Nesterov's momentum.</summary>
/// <remarks>
/// Slots: <c>momentum</c>, <c>velocity</c>, and one number for all weights, the product of the momentum's schedule; it comes last in
/// <see cref="Optimizer.Variables"/> and is called <c>variable</c>, as in Keras. Not thread-safe.
/// Source: <c>keras/src/optimizers/nadam.py</c>; Dozat, "Incorporating Nesterov Momentum into Adam".
/// </remarks>
[Identifiers("nadam")]
public class Nadam : Optimizer
{
    private const double DefaultRate = 0.001;

    private OptimizerNumber? _product;

    /// <inheritdoc cref="Nadam" path="/summary"/>
    /// <param name="learning_rate">A number or a schedule. Default: 0.001.</param>
    /// <param name="beta_1">How much of the mean gradient stays at each step, from 0 to below 1.</param>
    /// <param name="beta_2">How much of the mean squared gradient stays at each step, from 0 to below 1.</param>
    /// <param name="epsilon">A small number that is added to the root.</param>
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
    public Nadam(
        LearningRate? learning_rate = null,
        double beta_1 = 0.9,
        double beta_2 = 0.999,
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
        Arguments.BelowOne(beta_1, nameof(beta_1));
        Arguments.BelowOne(beta_2, nameof(beta_2));
        Arguments.NotNegative(epsilon, nameof(epsilon));
        Beta1 = beta_1;
        Beta2 = beta_2;
        Epsilon = epsilon;
    }

    /// <summary>How much of the mean gradient stays at each step.</summary>
    public double Beta1 { get; }

    /// <summary>How much of the mean squared gradient stays at each step.</summary>
    public double Beta2 { get; }

    /// <summary>The small number that is added to the root.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    protected override void CreateSlots()
    {
        AddSlots("momentum", "velocity");
        _product = AddNumber(1, "variable");
    }

    /// <inheritdoc/>
    protected override void BeginUpdate() => _product!.Set((float)_product.Value * ScheduledMomentum(Iterations + 1));

    /// <inheritdoc/>
    protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(slots);
        float now = ScheduledMomentum(Iterations + 1);
        float next = ScheduledMomentum(Iterations + 2);
        float product = (float)_product!.Value;
        float power2 = (float)Math.Pow((float)Beta2, Iterations + 1);
        // Keras rounds the two to float32 before it takes them from 1 here, and only here: 1 - 0.999 then has few digits.
        Tensor momentum = slots[0].Scale(Beta1).AddScaled(gradient, 1 - (float)Beta1);
        Tensor velocity = AddSquare(slots[1].Scale(Beta2), gradient, 1 - (float)Beta2);
        Tensor step = momentum.Times(next / (1 - (product * next))).AddScaled(gradient, (1 - now) / (1 - product));
        weight.AddQuotient(step, velocity.Over(1 - power2).sqrt_().Shift(Epsilon), -learning_rate);
    }

    private float ScheduledMomentum(long step) => (float)Beta1 * (1 - (0.5f * (float)Math.Pow(0.96f, step)));
}
